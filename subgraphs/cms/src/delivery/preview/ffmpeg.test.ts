import { chmod, mkdir, readFile, readdir } from 'node:fs/promises';
import { delimiter, dirname, join, relative } from 'node:path';
import { expect, test, vi } from 'vitest';
import { pretendFfmpeg } from '../../testing/ffmpeg.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { findFfmpeg, runFfmpeg } from './ffmpeg.ts';
import { NoPreviewError } from './no-preview-error.ts';

const working = () => pretendFfmpeg('echo "ffmpeg version 7"');

test('finds the first program on the path that starts', async () => {
  const empty = await temporaryFolder();
  const folderOfThatName = await temporaryFolder();
  await mkdir(join(folderOfThatName, 'ffmpeg'));
  const broken = await pretendFfmpeg('echo "ffmpeg version 7"; exit 127');
  const other = await pretendFfmpeg('echo "something else"');
  const locked = await working();
  await chmod(locked, 0o644);
  const first = await working();
  const second = await working();
  const programs = [broken, other, locked, first, second].map((path) => dirname(path));
  const PATH = [empty, folderOfThatName, ...programs].join(delimiter);

  expect(await findFfmpeg({ PATH })).toBe(first);
});

test('uses only the program of the setting, even if it does not start', async () => {
  const PATH = dirname(await working());
  const named = await working();
  expect(await findFfmpeg({ PATH, FFMPEG_PATH: named })).toBe(named);
  expect(await findFfmpeg({ PATH, FFMPEG_PATH: relative('.', named) })).toBe(named);
  expect(await findFfmpeg({ PATH, FFMPEG_PATH: join(PATH, 'none') })).toBeNull();
});

test('finds nothing without a path, on a relative path, or if the program does not respond', async () => {
  expect(await findFfmpeg({})).toBeNull();
  const path = await working();
  expect(await findFfmpeg({ PATH: relative('.', dirname(path)) })).toBeNull();
  const silent = await pretendFfmpeg('exec sleep 60');
  expect(await findFfmpeg({ FFMPEG_PATH: silent }, { timeLimitMs: 100 })).toBeNull();
});

const patient = {
  args: [],
  maxBytes: 100,
  timeLimitMs: 60_000,
  signal: new AbortController().signal,
};

test('passes no environment variables to ffmpeg', async () => {
  const output = await runFfmpeg(await pretendFfmpeg('exec env'), patient);
  const names = String(output)
    .split('\n')
    .map((line) => line.split('=')[0]);
  // The shell adds these.
  expect(names.filter((name) => !['PWD', 'OLDPWD', 'SHLVL', '_', ''].includes(name!))).toEqual([]);
});

test('returns null if ffmpeg fails', async () => {
  expect(await runFfmpeg(await pretendFfmpeg('echo half; exit 1'), patient)).toBeNull();
  expect(await runFfmpeg(await pretendFfmpeg('kill -SEGV $$'), patient)).toBeNull();
});

test('kills ffmpeg when it writes too much or takes too long', async () => {
  const flood = await pretendFfmpeg('exec yes');
  await expect(runFfmpeg(flood, patient)).rejects.toThrow(NoPreviewError);
  const slow = await pretendFfmpeg('exec sleep 60');
  await expect(runFfmpeg(slow, { ...patient, timeLimitMs: 100 })).rejects.toThrow(NoPreviewError);
});

test('kills ffmpeg when the signal aborts', async () => {
  const folder = await temporaryFolder();
  const stop = new AbortController();
  const slow = await pretendFfmpeg(
    `echo $$ >'${folder}/new' && mv '${folder}/new' '${folder}/pid'; exec sleep 60`,
  );
  const running = runFfmpeg(slow, { ...patient, signal: stop.signal });
  const pid = await vi.waitFor(
    async () => Number(await readFile(join(folder, 'pid'), 'utf8')),
    10_000,
  );

  const reason = new Error('no longer wanted');
  stop.abort(reason);
  await expect(running).rejects.toBe(reason);
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 10_000);
});

test('starts nothing if the signal is already aborted', async () => {
  const folder = await temporaryFolder();
  const eager = await pretendFfmpeg(`echo >'${folder}/started'`);
  const signal = AbortSignal.abort(new Error('not wanted'));
  await expect(runFfmpeg(eager, { ...patient, signal })).rejects.toThrow('not wanted');
  expect(await readdir(folder)).toEqual([]);
});

test('a missing program is not reported as an invalid video', async () => {
  const gone = join(await temporaryFolder(), 'ffmpeg');
  await expect(runFfmpeg(gone, patient)).rejects.toMatchObject({ code: 'ENOENT' });
});
