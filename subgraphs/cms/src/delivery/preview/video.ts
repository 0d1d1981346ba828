import { access, constants, writeFile } from 'node:fs/promises';
import { findType } from '../../files/file-types/file-types.ts';
import { runFfmpeg } from './ffmpeg.ts';
import { NoPreviewError } from './no-preview-error.ts';

const DEFAULT_SIDE = 2048;
/** On a busy machine it may take long to get the CPU time. */
const TIME_LIMIT_MS = 120_000;
/** Enforced by the kernel, also for an ffmpeg whose parent was killed. */
const CPU_LIMIT_SECONDS = 15;
/** The maximum of one frame. 8K has 33 million pixels. */
const MAX_FRAME_PIXELS = 70_000_000;
/** The first frame is often black. */
const DEFAULT_SECOND = 1;

/**
 * What browsers, cameras and editors write. Each of ffmpeg's hundreds of other decoders could have
 * vulnerabilities.
 */
const DECODERS = [
  'h264,hevc,vp8,vp9,libdav1d,libaom-av1,av1,theora',
  'mpeg1video,mpeg2video,mpeg4,msmpeg4,msmpeg4v1,msmpeg4v2,wmv1,wmv2,wmv3,vc1',
  'h263,mjpeg,dvvideo,prores,dnxhd',
].join(',');

interface Options {
  /** From findFfmpeg. */
  ffmpeg: string;
  path: string;
  /** The type detected from the bytes. */
  mimeType: string;
  to: string;
  /** Null if unknown. */
  durationSeconds: number | null;
  /** The longest side in pixels. Smaller videos are not enlarged. */
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
 * Writes one frame as a PNG, rotated and stretched as players show it: the frame after one second
 * or a tenth of the video, whichever comes first, otherwise the first frame.
 *
 * @throws NoPreviewError if no frame can be decoded
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
  const demuxer = findType(mimeType)?.demuxer;
  if (!demuxer) throw new NoPreviewError(`Frames of ${mimeType} are not supported.`);

  // An unreadable file is an error of the disk, but ffmpeg would report an invalid video.
  await access(path, constants.R_OK);
  // The size of an uncompressed PNG, and some overhead.
  const limits = { maxBytes: maxSide * maxSide * 4 + 2 ** 16, timeLimitMs, signal };
  for (const second of secondsToTry(durationSeconds)) {
    const args = argumentsFor({ path, demuxer, second, maxSide });
    const png = await runFfmpeg(ffmpeg, { args, ...limits });
    // If the position is after the end, ffmpeg succeeds without a frame.
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
  // Some files do not support seeking at all, not even to their start.
  const seek = second > 0 ? ['-ss', second.toFixed(3)] : [];
  const input = ['-threads', '1', ...seek, '-i', `file:${path}`];
  // V excludes cover images of audio.
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

/** Pixels need not be square: `sar` is their width divided by their height. Browsers only enlarge. */
function shrinkTo(maxSide: number): string {
  const [width, height] = ['iw*max(1,sar)', 'ih/min(1,sar)'];
  const ratio = `min(1,${maxSide}/max(${width},${height}))`;
  return `scale=w='max(1,round(${width}*${ratio}))':h='max(1,round(${height}*${ratio}))',setsar=1`;
}
