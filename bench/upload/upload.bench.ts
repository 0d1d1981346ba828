import { withStack } from '../stack.ts';
import { benchBigFile } from './big-file.ts';
import { benchManyFiles } from './many-files.ts';

/** Measures uploads through the gateway on a separate stack, compared with minimal implementations in the same run. */
export const run = () =>
  withStack({ env: { LOG_LEVEL: 'warn' } }, async (stack, { folder }) => {
    await benchBigFile(stack, folder);
    await benchManyFiles(stack, folder);
  });
