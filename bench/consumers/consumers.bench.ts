import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startStack } from '@federated-media/stack/stack';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { benchLedger } from './ledger.ts';

const SECRET = 'the internal secret of a stack that is only measured';

/** What consumers ask of the CMS, on a stack of its own. */
export async function run() {
  const folder = await temporaryFolder();
  const stack = await startStack({
    dataDir: join(folder, 'data'),
    ports: 'free',
    output: 'collect',
    subgraphs: ['cms'],
    env: { LOG_LEVEL: 'warn', INTERNAL_SECRET: SECRET },
  });
  try {
    await benchLedger(stack, SECRET);
  } finally {
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
