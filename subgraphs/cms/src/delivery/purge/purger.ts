import type { Logger } from '@federated-media/subgraph-kit/logger';
import { createRepeatedTask } from '@federated-media/subgraph-kit/repeated-task';
import type { EndedFile, EndedMediaRepository } from './repository.ts';
import { type PurgeTarget, sendPurge } from './purge-request.ts';

const PAUSE_MS = 1_000;
/**
 * Seconds after the end of the URLs: at once; when no process serves the file any more, so that the CDN cannot have
 * fetched it again; and after a download that started before has filled the cache.
 */
const TIMES = [0, 10, 600];

/**
 * Reports files whose URLs have ended to the CDN, from the rows that a trigger writes with the change. Any number of
 * processes share the work. A file is reported at least once for each of `times`, and repeated after failures.
 */
export function createPurger({
  ended,
  target,
  publicUrl,
  times = TIMES,
  pauseMs = PAUSE_MS,
  logger,
}: {
  ended: EndedMediaRepository;
  target: PurgeTarget;
  publicUrl: () => string;
  times?: readonly number[];
  pauseMs?: number;
  logger: Logger;
}) {
  const describe = ({ storeId, mediaId }: EndedFile) => ({
    storeId,
    mediaId,
    url: `${publicUrl()}/media/${storeId}/${mediaId}/`,
  });

  async function send(files: readonly EndedFile[]) {
    try {
      await sendPurge(target, { type: 'media.ended', files: files.map(describe) });
    } catch (error) {
      logger.warn({ err: error, files: files.length }, 'the CDN was not purged; retrying later');
      await ended.recordFailure(files);
      return;
    }
    await ended.recordSent(files, times);
  }

  return createRepeatedTask({
    pauseMs,
    async run(signal) {
      try {
        while (!signal.aborted) {
          const files = await ended.take();
          if (files.length === 0) return;
          await send(files);
        }
      } catch (error) {
        logger.warn({ err: error }, 'ended URLs cannot be read; retrying');
      }
    },
  });
}
