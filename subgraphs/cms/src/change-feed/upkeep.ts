import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { UsageRepository } from '../usage/repository.ts';
import type { ChangeFeedRepository } from './repository.ts';

const EVERY_MS = 60 * 60 * 1000;
const KEPT_SECONDS = 30 * 24 * 60 * 60;

/**
 * Forgets, hour by hour, changes and released uses of more than 30 days ago. A consumer that was away for
 * longer goes on with the oldest change there is; its reconciling mends what it missed.
 */
export function createUpkeep({
  changes,
  usages,
  logger,
}: {
  changes: ChangeFeedRepository;
  usages: UsageRepository;
  logger: Logger;
}) {
  const stopping = new AbortController();
  let loop = Promise.resolve();

  async function run(signal: AbortSignal) {
    try {
      for (const forget of [changes.forget, usages.forgetReleased]) {
        while (!signal.aborted && (await forget(KEPT_SECONDS)) > 0);
      }
    } catch (error) {
      logger.warn({ err: error }, 'could not forget old changes; will try again');
    }
  }

  async function repeat(signal: AbortSignal) {
    while (!signal.aborted) {
      await run(signal);
      await sleep(EVERY_MS, undefined, { signal, ref: false }).catch(() => {}); // stopped: no need to wait
    }
  }

  return {
    start() {
      loop = repeat(stopping.signal);
    },
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}
