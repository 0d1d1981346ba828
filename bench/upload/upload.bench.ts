import { join } from 'node:path';
import { processes } from '../settings.ts';
import { withStack } from '../stack.ts';
import { benchBigFile } from './big-file.ts';
import { startFloor } from './floor.ts';
import { benchManyFiles } from './many-files.ts';

/** Measures uploads on a separate stack, compared with a bare server in the same rounds. */
export const run = () =>
  withStack({ processes, env: { LOG_LEVEL: 'warn' } }, async (stack, { folder }) => {
    const floor = await startFloor(join(folder, 'floor'), stack.postgres.url('postgres'));
    try {
      await benchManyFiles(stack, floor);
      await benchBigFile(stack, floor);
    } finally {
      await floor.stop();
    }
  });
