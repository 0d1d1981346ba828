import { readFile, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { SettingsError } from '@federated-media/subgraph-kit/settings';

const LOOK_EVERY_MS = 500;

/** @throws SettingsError when there is no supergraph at `path` */
export async function readSupergraph(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'cannot be read';
    throw new SettingsError([`SUPERGRAPH_PATH: ${reason}. Run \`pnpm compose\` to create it`]);
  }
}

/**
 * Hands what is written at `path` to `serve`, once it has stood still for a moment; so a file that is being
 * written is mostly let be, and one that is not finished all the same is refused and then read again. It is
 * looked at, not listened to: network folders and mounted configuration tell nobody of changes.
 */
export function watchSupergraph({
  path,
  serve,
  logger,
  lookEveryMs = LOOK_EVERY_MS,
}: {
  path: string;
  /** @throws Error when it can't be served */
  serve: (sdl: string) => Promise<void>;
  logger: Logger;
  lookEveryMs?: number;
}) {
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = watch();

  async function watch() {
    let handed = '';
    let before = '';
    while (!signal.aborted) {
      const now = await fingerprint(path);
      if (now === before && now !== handed) {
        handed = now;
        await handOver();
      }
      before = now;
      await sleep(lookEveryMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async function handOver() {
    try {
      await serve(await readFile(path, 'utf8'));
    } catch (error) {
      logger.error(
        { err: error, path },
        'cannot load the new supergraph; keeping the previous one',
      );
    }
  }

  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** Another one whenever the file was written to, or another file is in its place. */
async function fingerprint(path: string): Promise<string> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(path);
    return [ino, size, mtimeMs, ctimeMs].join(' ');
  } catch {
    return 'absent';
  }
}
