import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Stack, type StackOptions, startStack } from '@federated-media/stack/stack';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { benchBacklog } from './backlog.ts';
import { benchAttaching, benchHiding } from './hiding.ts';
import { benchLedger } from './ledger.ts';

const SECRET = 'the internal secret of a stack that is only measured';

/** Measures the communication of consumers and the CMS, on separate stacks. */
export async function run() {
  const quiet = { LOG_LEVEL: 'warn' };
  await onStack({ env: quiet }, async (stack) => {
    await benchHiding(stack);
    await benchBacklog(stack);
  });
  await onStack({ env: { LOG_LEVEL: 'debug' } }, benchAttaching);
  const env = { ...quiet, INTERNAL_SECRET: SECRET };
  await onStack({ subgraphs: ['cms'], env }, (stack) => benchLedger(stack, SECRET));
}

async function onStack(options: Partial<StackOptions>, work: (stack: Stack) => Promise<void>) {
  const folder = await temporaryFolder();
  const dataDir = join(folder, 'data');
  const stack = await startStack({ dataDir, ports: 'free', output: 'collect', ...options });
  try {
    await work(stack);
  } finally {
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
