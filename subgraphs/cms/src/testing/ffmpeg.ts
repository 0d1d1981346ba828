import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
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
