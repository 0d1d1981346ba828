import { execFile } from 'node:child_process';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { NoPreviewError } from './no-preview-error.ts';

const START_LIMIT_MS = 5_000;

const run = promisify(execFile);
/**
 * Environment variables could make ffmpeg write reports or use a proxy, and they contain our
 * secrets.
 */
const CONFINED = { env: {}, killSignal: 'SIGKILL' } as const;
const NAME = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg';

/**
 * The absolute path of an ffmpeg that starts: FFMPEG_PATH if it is set, otherwise the first one on
 * PATH. Null if neither exists.
 */
export async function findFfmpeg(
  { FFMPEG_PATH, PATH = '' }: Readonly<Record<string, string | undefined>>,
  { timeLimitMs = START_LIMIT_MS } = {},
): Promise<string | null> {
  // A relative folder would allow whichever directory the server starts in to choose the program.
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
 * Returns the standard output; null if ffmpeg fails.
 *
 * @throws NoPreviewError if it was killed for exceeding the time limit or `maxBytes`
 * @throws the signal's reason, once aborted
 * @throws the system's error if it cannot be started
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
