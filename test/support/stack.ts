import { rm } from 'node:fs/promises';
import { type Stack, type StackOptions, startStack } from '@federated-media/stack/stack';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';

const PROCESSES = process.env['TEST_PROCESSES'] === 'many' ? 'many' : 'one';

/** For tests that select every field of the graph at once. */
export const EVERY_FIELD = { MAX_FIELDS: '600' };

/**
 * A separate stack for one test file on free ports. Stopping it removes everything. All modules run in one process,
 * unless the test kills one of them and sets `processes: 'many'`, or TEST_PROCESSES does so for all tests.
 */
export async function openTestStack(options: Partial<StackOptions> = {}) {
  const dataDir = await temporaryFolder();
  const stack: Stack = await startStack({
    dataDir,
    ports: 'free',
    output: 'collect',
    durable: false,
    processes: PROCESSES,
    ...options,
  });
  const { gatewayUrl, urls, processes, failed } = stack;
  return {
    gatewayUrl,
    urls,
    processes,
    failed,
    get postgres() {
      return stack.postgres;
    },
    kill: () => stack.kill(),
    dataDir,
    async stop() {
      await stack.stop();
      await rm(dataDir, { recursive: true });
    },
  };
}
export type TestStack = Awaited<ReturnType<typeof openTestStack>>;
