/**
 * Syncs paths to the disk. Calls for a path that arrive while it is being synced share the next sync: the running one
 * may have started before their change. Many uploads that are published at once thus sync their common folders once.
 */
export function createGroupSync(sync: (path: string) => Promise<void>) {
  const running = new Map<string, Promise<void>>();
  const next = new Map<string, Promise<void>>();

  function start(path: string): Promise<void> {
    const started = sync(path).finally(() => running.delete(path));
    running.set(path, started);
    return started;
  }

  async function startAfter(previous: Promise<void>, path: string): Promise<void> {
    await previous.catch(() => {}); // Reported to its callers.
    next.delete(path);
    await start(path);
  }

  return function syncTogether(path: string): Promise<void> {
    const previous = running.get(path);
    if (!previous) return start(path);
    const waiting = next.get(path) ?? startAfter(previous, path);
    next.set(path, waiting);
    return waiting;
  };
}
