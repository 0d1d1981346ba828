/** The longest delay of `setTimeout`, 25 days: it runs anything later at once. */
const LONGEST_MS = 2_147_483_647;

/** As `setTimeout`, but a delay of `Infinity` never ends. */
export const startTimer = (
  run: () => void,
  ms: number,
): ReturnType<typeof setTimeout> | undefined =>
  Number.isFinite(ms) ? setTimeout(run, Math.min(ms, LONGEST_MS)) : undefined;
