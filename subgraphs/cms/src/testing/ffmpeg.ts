import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFfmpeg } from '../delivery/preview/ffmpeg.ts';
import { temporaryFolder } from './folder.ts';

/** The one of this machine; without it the test is skipped. */
export async function ffmpegOrSkip(skip: (reason: string) => never): Promise<string> {
  const found = await findFfmpeg(process.env);
  return found ?? skip('no ffmpeg here: install it, or say where it is with FFMPEG_PATH');
}

/** Where a script of the shell stands, called ffmpeg, in a folder of its own. */
export async function pretendFfmpeg(script: string): Promise<string> {
  const path = join(await temporaryFolder(), 'ffmpeg');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

/** A video of ffmpeg's own making; `sources` are filters of its that make pictures or sound. */
export async function film(
  ffmpeg: string,
  { sources, to, options = [] }: { sources: string[]; to: string; options?: string[] },
): Promise<void> {
  const inputs = sources.flatMap((source) => ['-f', 'lavfi', '-i', source]);
  const output = ['-c:v', 'mpeg4', '-qscale:v', '1', ...options, '-f', 'mp4', to];
  await promisify(execFile)(ffmpeg, ['-loglevel', 'error', ...inputs, ...output]);
}
