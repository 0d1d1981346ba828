import { fork } from 'node:child_process';
import { once } from 'node:events';
import { access, rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { processState } from '../process-table.ts';
import { removeLeftovers, temporaryFolder } from './temporary-folder.ts';

test('removes the folder and the server of a killed process, and keeps those of a running one', async () => {
  const mine = await temporaryFolder();
  const child = fork(new URL('leave-postgres.ts', import.meta.url));
  const [left] = (await once(child, 'message')) as [{ folder: string; pid: number }];
  await removeLeftovers();
  await access(left.folder);

  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(processState(left.pid)).toBe('running');
  await removeLeftovers();
  expect(processState(left.pid)).not.toBe('running');
  await expect(access(left.folder)).rejects.toThrow('ENOENT');
  await rm(mine, { recursive: true });
});
