import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startStack } from '@federated-media/stack/stack';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { benchBigFile } from './big-file.ts';
import { benchManyFiles } from './many-files.ts';

/** Measures uploads through the gateway on a separate stack, compared with minimal implementations in the same run. */
export async function run() {
  const folder = await temporaryFolder();
  const stack = await startStack({
    dataDir: join(folder, 'data'),
    ports: 'free',
    output: 'collect',
    generate: true,
    env: { LOG_LEVEL: 'warn' },
  });
  try {
    await benchBigFile(stack, folder);
    await benchManyFiles(stack, folder);
  } finally {
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
