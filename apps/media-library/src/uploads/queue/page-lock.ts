const PATIENCE_MS = 2_000;

/**
 * Whether this page is the only one with this name; it stays that until it is closed. Waits a little, because the page
 * before a reload may still be closing.
 */
export async function lockPage(name: string): Promise<boolean> {
  // Only on secure origins.
  if (!('locks' in navigator)) return false;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const untilClosed = new Promise<never>(() => {});
  const hold = () => {
    resolve(true);
    return untilClosed;
  };
  navigator.locks
    .request(name, { signal: AbortSignal.timeout(PATIENCE_MS) }, hold)
    .catch(() => resolve(false));
  return await promise;
}
