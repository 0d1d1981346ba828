import { execFile } from 'node:child_process';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { NoPreviewError } from './no-preview-error.ts';

const START_LIMIT_MS = 5_000;

const run = promisify(execFile);
/** Its environment could tell ffmpeg to write reports or to use a proxy, and holds our secrets. */
const CONFINED = { env: {}, killSignal: 'SIGKILL' } as const;
const NAME = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg';

/**
 * The absolute path of an ffmpeg that starts: FFMPEG_PATH where that is set, even if another could be
 * found, else the first on PATH. Null when there is none.
 */
export async function findFfmpeg(
  { FFMPEG_PATH, PATH = '' }: Readonly<Record<string, string | undefined>>,
  { timeLimitMs = START_LIMIT_MS } = {},
): Promise<string | null> {
  // A relative folder would let whoever chooses where the server starts choose the program.
  const folders = PATH.split(delimiter).filter((folder) => isAbsolute(folder));
  const candidates = FFMPEG_PATH
    ? [resolve(FFMPEG_PATH)]
    : folders.map((folder) => join(folder, NAME));
  for (const path of candidates) {
    if (await starts(path, timeLimitMs)) return path;
  }
  return null;
}

async function starts(path: string, timeout: number): Promise<boolean> {
  try {
    const { stdout } = await run(path, ['-version'], { timeout, ...CONFINED });
    return stdout.startsWith('ffmpeg version');
  } catch {
    return false;
  }
}

/**
 * What it writes to its standard output; null when it fails.
 *
 * @throws NoPreviewError when it takes longer or writes more than it may, which ends it
 * @throws the signal's reason, once aborted, which ends it, too
 * @throws what the system says when it can't be started
 */
export async function runFfmpeg(
  ffmpeg: string,
  { args, maxBytes, timeLimitMs, signal }: Run,
): Promise<Buffer | null> {
  signal.throwIfAborted();
  try {
    const { stdout } = await run(ffmpeg, args, {
      encoding: 'buffer',
      maxBuffer: maxBytes,
      timeout: timeLimitMs,
      ...CONFINED,
      signal,
    });
    return stdout;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Error) || 'syscall' in error) throw error;
    const tookTooLong = 'killed' in error && error.killed;
    const wroteTooMuch = 'code' in error && error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER';
    if (!tookTooLong && !wroteTooMuch) return null;
    throw new NoPreviewError('ffmpeg took too long or wrote too much.', { cause: error });
  }
}

interface Run {
  args: readonly string[];
  maxBytes: number;
  timeLimitMs: number;
  signal: AbortSignal;
}
