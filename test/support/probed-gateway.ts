import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { projectRoot } from '@federated-media/stack/project';
import { z } from 'zod';
import type { TestStack } from './stack.ts';

const READY = z.object({ type: z.literal('ready'), url: z.string() });
const PROBE = z.object({
  type: z.literal('probe'),
  blockedMs: z.number().default(0),
  bytes: z.number().default(0),
});

/** A separate gateway that serves the committed supergraph with the subgraphs of `stack`; measured from inside. */
export async function openProbedGateway(stack: TestStack) {
  const child = fork(join(projectRoot, 'gateway/src/main.ts'), {
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      DATA_DIR: stack.dataDir,
      LOG_LEVEL: 'error',
      SUBGRAPHS: Object.entries(stack.urls)
        .map(([name, url]) => `${name}=${url}/graphql`)
        .join(),
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: [
      '--expose-gc',
      '--max-semi-space-size=8',
      `--import=${import.meta.resolve('./process-probe.ts')}`,
    ],
  });
  const { url } = await messageOf(child, READY);
  const probe = async (what: 'reset' | 'read' | 'memory') => {
    const answer = messageOf(child, PROBE);
    child.send(`probe: ${what}`);
    return answer;
  };
  return {
    url,
    probe,
    async close() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
export type ProbedGateway = Awaited<ReturnType<typeof openProbedGateway>>;

/** The next message of `child` of this shape. Rejects when the process ends first. */
function messageOf<Shape extends z.ZodType>(
  child: ChildProcess,
  shape: Shape,
): Promise<z.output<Shape>> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      child.off('message', onMessage);
      child.off('exit', onExit);
    };
    const onMessage = (message: unknown) => {
      const read = shape.safeParse(message);
      if (!read.success) return;
      stop();
      resolve(read.data);
    };
    const onExit = () => {
      stop();
      reject(new Error('The gateway ended.'));
    };
    child.on('message', onMessage);
    child.on('exit', onExit);
  });
}
