import { storeShare } from '@federated-media/subgraph-kit/store-share';

/**
 * Jobs that wait, by store. One store holds at most half of the queue, and however many jobs it has, the others get
 * their turns.
 *
 * @param maxQueued the maximum of all stores together
 */
export function createFairQueue<Job extends { readonly storeId: string }>(maxQueued: number) {
  const maxPerStore = storeShare(maxQueued);
  /** Only stores with jobs, those whose turn was longest ago first. */
  const stores = new Map<string, Job[]>();
  let size = 0;

  function shorten(storeId: string, jobs: Job[]) {
    size -= 1;
    if (jobs.length === 0) stores.delete(storeId);
  }

  function removeNewest(storeId: string): Job | undefined {
    const jobs = stores.get(storeId) ?? [];
    const job = jobs.pop();
    shorten(storeId, jobs);
    return job;
  }

  /** `storeId`, unless another store has more. */
  function storeWithMost(storeId: string): string {
    let [most, count] = [storeId, stores.get(storeId)?.length ?? 0];
    for (const [each, { length }] of stores) if (length > count) [most, count] = [each, length];
    return most;
  }

  return {
    add(job: Job): void {
      const jobs = stores.get(job.storeId);
      if (jobs) jobs.push(job);
      else stores.set(job.storeId, [job]);
      size += 1;
    },

    /** Removes a job that has no room: the newest one of `storeId`, or of the store that has most. */
    removeExcess(storeId: string): Job | undefined {
      if ((stores.get(storeId)?.length ?? 0) > maxPerStore) return removeNewest(storeId);
      return size > maxQueued ? removeNewest(storeWithMost(storeId)) : undefined;
    },

    /**
     * Removes the oldest job of the store with the fewest running jobs; of several such stores, that whose turn was
     * longest ago. Leaves out stores with `maxRunningOf` or more.
     */
    take(
      runningOf: (storeId: string) => number,
      maxRunningOf: (storeId: string) => number,
    ): Job | undefined {
      let fewest = Infinity;
      let next: string | undefined;
      for (const storeId of stores.keys()) {
        const running = runningOf(storeId);
        if (running >= fewest || running >= maxRunningOf(storeId)) continue;
        fewest = running;
        next = storeId;
        if (running === 0) break;
      }
      const jobs = next === undefined ? undefined : stores.get(next);
      if (next === undefined || !jobs) return undefined;
      const job = jobs.shift();
      stores.delete(next);
      stores.set(next, jobs);
      shorten(next, jobs);
      return job;
    },

    /** False if it does not wait any more. */
    remove(job: Job): boolean {
      const jobs = stores.get(job.storeId) ?? [];
      const position = jobs.indexOf(job);
      if (position === -1) return false;
      jobs.splice(position, 1);
      shorten(job.storeId, jobs);
      return true;
    },

    isEmpty: () => size === 0,

    waitingOf: (storeId: string): number => stores.get(storeId)?.length ?? 0,

    removeAll(): Job[] {
      const jobs = [...stores.values()].flat();
      stores.clear();
      size = 0;
      return jobs;
    },
  };
}
