/** Removes the statements that drop one of `indexes`; null when nothing remains. */
export function withoutDropsOf(indexes: ReadonlySet<string>, script: string): string | null {
  const kept = script
    .split(/\n(?=-- )/)
    .map((step) => step.trim())
    .filter((step) => {
      const [, dropped] = /^-- DropIndex\nDROP INDEX "((?:[^"]|"")+)";$/.exec(step) ?? [];
      return (
        step !== '' &&
        !/^-- This is an empty migration\.$/.test(step) &&
        !(dropped && indexes.has(dropped.replaceAll('""', '"')))
      );
    });
  return kept.length === 0 ? null : `${kept.join('\n\n')}\n`;
}
