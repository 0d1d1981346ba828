import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { StagedUploadRepository } from './repository.ts';

/** How soon a PUT ends after one in another process has superseded it. */
const CHECK_EVERY_MS = 1_000;

export interface ActivePut {
  readonly id: string;
  /** Of its bytes. */
  readonly name: string;
  /** Ends it, because a newer PUT of the same upload has started. */
  end(): void;
}

/** The running PUTs of this process. */
export function createActivePuts({
  stagedUploads,
  logger,
  checkEveryMs = CHECK_EVERY_MS,
}: {
  stagedUploads: Pick<StagedUploadRepository, 'receiving'>;
  logger: Logger;
  checkEveryMs?: number;
}) {
  const puts = new Map<string, ActivePut>();
  let timer: NodeJS.Timeout | undefined;

  /** Ends those that other processes have superseded. */
  async function check() {
    const checked = [...puts.values()];
    try {
      const current = await stagedUploads.receiving(checked.map(({ id }) => id));
      for (const put of checked) if (!current.has(put.name)) put.end();
    } catch (error) {
      logger.warn({ err: error }, 'cannot check for newer PUTs; retrying');
    }
  }

  async function checkRepeatedly() {
    if (puts.size > 0) await check();
    timer = puts.size > 0 ? schedule() : undefined;
  }

  const schedule = () => setTimeout(() => void checkRepeatedly(), checkEveryMs).unref();

  return {
    /** Returns a function to call when it has ended. */
    add(put: ActivePut): () => void {
      puts.set(put.name, put);
      timer ??= schedule();
      return () => void puts.delete(put.name);
    },

    /** Has no effect on a PUT of another process, which finds out itself. */
    end: (name: string): void => puts.get(name)?.end(),
  };
}
