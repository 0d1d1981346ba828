import { z } from 'zod';
import { messageOf, openGateway } from './gateway.ts';
import type { SharedStack } from './shared-stack.ts';

const PROBE = z.object({
  type: z.literal('probe'),
  blockedMs: z.number().default(0),
  bytes: z.number().default(0),
});

/** A separate gateway, measured from inside. */
export async function openProbedGateway(stack: SharedStack) {
  const { url, child, close } = await openGateway(stack, {
    execArgv: [
      '--expose-gc',
      '--max-semi-space-size=8',
      `--import=${import.meta.resolve('./process-probe.ts')}`,
    ],
  });
  const probe = async (what: 'reset' | 'read' | 'memory') => {
    const answer = messageOf(child, PROBE);
    child.send(`probe: ${what}`);
    return answer;
  };
  return { url, probe, close };
}
export type ProbedGateway = Awaited<ReturnType<typeof openProbedGateway>>;
