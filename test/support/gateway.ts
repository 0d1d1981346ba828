import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { projectRoot } from '@federated-media/stack/project';
import { z } from 'zod';
import type { SharedStack } from './shared-stack.ts';

const READY = z.object({ type: z.literal('ready'), url: z.string() });

interface Options {
  readonly env?: Readonly<Record<string, string>>;
  readonly execArgv?: readonly string[];
}

/** A separate gateway that serves the committed supergraph with the subgraphs of `stack`. */
export async function openGateway(stack: SharedStack, { env = {}, execArgv = [] }: Options) {
  const child = fork(join(projectRoot, 'gateway/src/main.ts'), {
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      DATA_DIR: stack.dataDir,
      LOG_LEVEL: 'error',
      SUBGRAPHS: Object.entries(stack.urls)
        .map(([name, url]) => `${name}=${url}/graphql`)
        .join(),
      ...env,
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: [...execArgv],
  });
  const { url } = await messageOf(child, READY);
  return {
    url,
    child,
    async close() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** The next message of `child` of this shape. Rejects when the process ends first. */
export function messageOf<Shape extends z.ZodType>(
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
