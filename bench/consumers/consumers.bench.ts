import { benchBacklog } from './backlog.ts';
import { benchAttaching, benchHiding } from './hiding.ts';
import { benchLedger } from './ledger.ts';
import { withStack } from '../stack.ts';

const SECRET = 'the internal secret of a stack that is only measured';

/** Measures the communication of consumers and the CMS, on separate stacks. */
export async function run() {
  const quiet = { LOG_LEVEL: 'warn' };
  await withStack({ env: quiet }, async (stack) => {
    await benchHiding(stack);
    await benchBacklog(stack);
  });
  await withStack({ env: { LOG_LEVEL: 'debug' } }, benchAttaching);
  const env = { ...quiet, INTERNAL_SECRET: SECRET };
  await withStack({ subgraphs: ['cms'], env }, (stack) => benchLedger(stack, SECRET));
}
