import { readFile, stat } from 'node:fs/promises';
import { messageOf } from '@federated-media/subgraph-kit/error-code';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { createRepeatedTask } from '@federated-media/subgraph-kit/repeated-task';
import { SettingsError } from '@federated-media/subgraph-kit/settings';

const POLL_MS = 500;

/** @throws SettingsError when there is no supergraph at `path` */
export async function readSupergraph(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new SettingsError([
      `SUPERGRAPH_PATH: ${messageOf(cause)}. Run \`pnpm compose\` to create it`,
    ]);
  }
}

/**
 * Passes the file at `path` to `serve` when it changed and was then unchanged for one interval, so that a file is
 * rarely read while it is written. If that happens, it is rejected and read again when it is complete. The file is
 * polled, because network folders and mounted configuration do not report changes.
 */
export function watchSupergraph({
  path,
  serve,
  logger,
  pollMs = POLL_MS,
}: {
  path: string;
  /** @throws Error when it can't be served */
  serve: (sdl: string) => Promise<void>;
  logger: Logger;
  pollMs?: number;
}) {
  let loaded = '';
  let before = '';
  const watching = createRepeatedTask({
    pauseMs: pollMs,
    async run() {
      const now = await fingerprint(path);
      if (now === before && now !== loaded) {
        loaded = now;
        await load();
      }
      before = now;
    },
  });

  async function load() {
    try {
      await serve(await readFile(path, 'utf8'));
    } catch (error) {
      logger.error(
        { err: error, path },
        'cannot load the new supergraph; keeping the previous one',
      );
    }
  }

  watching.start();
  return { stop: watching.stop };
}

/** Changes when the file is written to or replaced. */
async function fingerprint(path: string): Promise<string> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(path);
    return [ino, size, mtimeMs, ctimeMs].join(' ');
  } catch {
    return 'absent';
  }
}
