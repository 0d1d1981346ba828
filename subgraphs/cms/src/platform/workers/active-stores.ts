/** A store is active for so long after its latest job. */
const ACTIVE_MS = 1_000;

/** The stores that send jobs to the worker pools of this process. */
export function createActiveStores(now: () => number = Date.now) {
  const lastJobs = new Map<string, number>();
  return {
    note(storeId: string): void {
      lastJobs.set(storeId, now());
    },
    /** Whether another store is active. */
    hasOthers(storeId: string): boolean {
      for (const [each, at] of lastJobs) {
        if (now() - at > ACTIVE_MS) lastJobs.delete(each);
        else if (each !== storeId) return true;
      }
      return false;
    },
  };
}
export type ActiveStores = ReturnType<typeof createActiveStores>;
