import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Stack } from '@federated-media/stack/stack';
import { z } from 'zod';

const Ready = z.object({ type: z.literal('ready'), url: z.string() });
const Costs = z.object({ type: z.literal('costs'), cpuMs: z.number(), maxBlockedMs: z.number() });

export type GatewayKind = keyof typeof programs;
export type GatewayProcess = Awaited<ReturnType<typeof startGateway>>;

const programs = {
  own: [new URL('../../gateway/src/main.ts', import.meta.url)],
  stock: [new URL('./stock-gateway.ts', import.meta.url), 'apollo'],
  'stock source': [new URL('./stock-gateway.ts', import.meta.url), 'own'],
} as const;

interface Surroundings {
  readonly stack: Stack;
  readonly dataDir: string;
  readonly supergraphPath: string;
  /** Additional settings. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts an additional gateway for the subgraphs of `stack`, which reports its costs. */
export async function startGateway(
  kind: GatewayKind,
  { stack, dataDir, supergraphPath, env = {} }: Surroundings,
) {
  const [program, ...args] = programs[kind];
  const child = fork(fileURLToPath(program), args, {
    execArgv: ['--import', new URL('./probe.ts', import.meta.url).href],
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      LOG_LEVEL: 'error',
      DATA_DIR: dataDir,
      SUPERGRAPH_PATH: supergraphPath,
      SUBGRAPHS: Object.entries(stack.urls)
        .map(([name, url]) => `${name}=${url}/graphql`)
        .join(),
      ...env,
    },
  });
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  const { url } = await messageOf(child, Ready);
  return {
    url,
    pid: child.pid ?? 0,
    /** Since the previous call. */
    async costs() {
      child.send('costs');
      return messageOf(child, Costs);
    },
    stop: () => end('SIGTERM'),
    /** For a gateway that no longer processes messages. */
    kill: () => end('SIGKILL'),
  };
}

async function messageOf<Message extends z.ZodType>(
  child: ChildProcess,
  schema: Message,
): Promise<z.output<Message>> {
  const done = new AbortController();
  const { signal } = done;
  const ended = once(child, 'exit', { signal }).then((): never => {
    throw new Error('The gateway ended.');
  });
  ended.catch(() => {});
  try {
    for (;;) {
      const received: Promise<unknown[]> = once(child, 'message', { signal });
      const [message] = await Promise.race([received, ended]);
      const read = schema.safeParse(message);
      if (read.success) return read.data;
    }
  } finally {
    done.abort();
  }
}
