import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Stack, type StackOptions, startStack } from '@federated-media/stack/stack';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';

/**
 * Runs `work` on a separate stack with one process for each module, in a folder that is removed afterwards; `dataDir`
 * is in `folder`.
 */
export async function withStack(
  options: Partial<StackOptions>,
  work: (stack: Stack, paths: { folder: string; dataDir: string }) => Promise<void>,
) {
  const folder = await temporaryFolder();
  const dataDir = join(folder, 'data');
  const stack = await startStack({
    dataDir,
    ports: 'free',
    output: 'collect',
    generate: true,
    processes: 'many',
    ...options,
  });
  try {
    await work(stack, { folder, dataDir });
  } finally {
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
