import { access, constants, writeFile } from 'node:fs/promises';
import { runFfmpeg } from './ffmpeg.ts';
import { NoPreviewError } from './no-preview-error.ts';

const DEFAULT_SIDE = 2048;
const TIME_LIMIT_MS = 15_000;
/** Kept by the kernel, for an ffmpeg whose parent was killed. */
const CPU_LIMIT_SECONDS = 15;
/** Of a frame: 8K has 33 million. */
const MAX_FRAME_PIXELS = 70_000_000;
/** Often the first frame is black. */
const DEFAULT_SECOND = 1;

/**
 * The only reader of each type, whatever the bytes look like: a playlist that calls itself a video would
 * have other files and hosts read. Neither of these two follows references.
 */
const DEMUXERS: Readonly<Record<string, string>> = {
  'video/mp4': 'mov',
  'video/quicktime': 'mov',
  'video/webm': 'matroska',
};

/** What browsers, cameras and editors write; ffmpeg's hundreds of others are so many doors. */
const DECODERS =
  'h264,hevc,vp8,vp9,libdav1d,libaom-av1,av1,mpeg4,mpeg2video,h263,mjpeg,prores,dnxhd';

interface Options {
  /** As findFfmpeg tells. */
  ffmpeg: string;
  path: string;
  /** As the bytes were found to be. */
  mimeType: string;
  to: string;
  /** Null: not known. */
  durationSeconds: number | null;
  /** Of the picture's longest side in pixels; smaller videos stay small. */
  maxSide?: number;
  timeLimitMs?: number;
  signal: AbortSignal;
}

interface Frame {
  path: string;
  demuxer: string;
  second: number;
  maxSide: number;
}

/**
 * One frame as a PNG, turned and stretched as players show it: from after a second or a tenth of the
 * video, whichever comes first, or else the first frame.
 *
 * @throws NoPreviewError when there is no frame to be had
 * @throws the signal's reason, once aborted
 */
export async function grabPoster({
  ffmpeg,
  path,
  mimeType,
  to,
  durationSeconds,
  maxSide = DEFAULT_SIDE,
  timeLimitMs = TIME_LIMIT_MS,
  signal,
}: Options): Promise<void> {
  const demuxer = DEMUXERS[mimeType];
  if (!demuxer) throw new NoPreviewError(`Frames of ${mimeType} are not supported.`);

  // What can't be read is the disk's fault; ffmpeg would blame the video.
  await access(path, constants.R_OK);
  // As many bytes as pixels have at most, and a little.
  const limits = { maxBytes: maxSide * maxSide * 4 + 2 ** 16, timeLimitMs, signal };
  for (const second of secondsToTry(durationSeconds)) {
    const args = argumentsFor({ path, demuxer, second, maxSide });
    const png = await runFfmpeg(ffmpeg, { args, ...limits });
    // Behind the end ffmpeg finds no frame, and is content.
    if (png && png.length > 0) return writeFile(to, png);
  }
  throw new NoPreviewError('The video has no readable frame.');
}

function secondsToTry(durationSeconds: number | null): readonly number[] {
  const tenth = durationSeconds === null ? DEFAULT_SECOND : durationSeconds / 10;
  const second = Math.min(DEFAULT_SECOND, tenth);
  return second > 0 ? [second, 0] : [0];
}

function argumentsFor({ path, demuxer, second, maxSide }: Frame): string[] {
  const program = ['-nostdin', '-loglevel', 'quiet', '-filter_threads', '1'];
  const limits = ['-timelimit', String(CPU_LIMIT_SECONDS), '-max_pixels', String(MAX_FRAME_PIXELS)];
  const safety = ['-protocol_whitelist', 'file', '-f', demuxer, '-codec_whitelist', DECODERS];
  // Not even to the start is there a way in some.
  const seek = second > 0 ? ['-ss', second.toFixed(3)] : [];
  const input = ['-threads', '1', ...seek, '-i', `file:${path}`];
  // V: a cover that comes with sound is no video.
  const frame = [
    '-map',
    '0:V:0',
    '-frames:v',
    '1',
    '-vf',
    shrinkTo(maxSide),
    '-map_metadata',
    '-1',
  ];
  const output = [
    '-threads',
    '1',
    '-c:v',
    'png',
    '-pix_fmt',
    'rgb24',
    '-f',
    'image2pipe',
    'pipe:1',
  ];
  return [...program, ...limits, ...safety, ...input, ...frame, ...output];
}

/** Pixels need not be square: `sar` says how much wider than high they are. */
function shrinkTo(maxSide: number): string {
  const ratio = `min(1,${maxSide}/max(iw*sar,ih))`;
  return `scale=w='max(1,round(iw*sar*${ratio}))':h='max(1,round(ih*${ratio}))',setsar=1`;
}
