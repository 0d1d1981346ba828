import { execFile } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFfmpeg } from '../delivery/preview/ffmpeg.ts';
import { temporaryFolder } from './folder.ts';

/** The ffmpeg of this machine. Without it the test is skipped. */
export async function ffmpegOrSkip(skip: (reason: string) => never): Promise<string> {
  const found = await findFfmpeg(process.env);
  return found ?? skip('ffmpeg is not installed: install it or set FFMPEG_PATH');
}

/** Writes a shell script named ffmpeg into a new folder and returns its path. */
export async function pretendFfmpeg(script: string): Promise<string> {
  const path = join(await temporaryFolder(), 'ffmpeg');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

/** Generates a video with ffmpeg. `sources` are its filters that generate images or sound. */
export async function film(
  ffmpeg: string,
  { sources, to, options = [] }: { sources: string[]; to: string; options?: string[] },
): Promise<void> {
  const inputs = sources.flatMap((source) => ['-f', 'lavfi', '-i', source]);
  const output = ['-c:v', 'mpeg4', '-qscale:v', '1', ...options, '-f', 'mp4', to];
  await promisify(execFile)(ffmpeg, ['-loglevel', 'error', ...inputs, ...output]);
}

const IMAGES = ['-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=10:duration=2'];
const TONE = ['-f', 'lavfi', '-i', 'sine=frequency=440:duration=2:sample_rate=44100'];

/**
 * Two seconds of a changing image (64 × 48), a tone or both, as bytes.
 *
 * @param name its extension selects the container
 */
export async function record(
  ffmpeg: string,
  name: string,
  { video = [], audio = [], options = [] }: Recorded,
): Promise<Buffer> {
  const to = join(await temporaryFolder(), name);
  const inputs = [...(video.length > 0 ? IMAGES : []), ...(audio.length > 0 ? TONE : [])];
  const output = [...video, ...audio, ...options, to];
  await promisify(execFile)(ffmpeg, ['-loglevel', 'error', ...inputs, ...output]);
  return readFile(to);
}

interface Recorded {
  /** How to encode images, such as `-c:v mpeg4`; without it there are no images. */
  video?: readonly string[];
  audio?: readonly string[];
  options?: readonly string[];
}
