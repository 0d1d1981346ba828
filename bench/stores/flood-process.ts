import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { openFloods } from './floods.ts';
import { openStore } from './store-client.ts';

const Settings = z.object({ gatewayUrl: z.string(), dataDir: z.string() });
/** The name of a flood to start. Empty: the running one ends. */
const Order = z.string();
const Names = z.array(z.string());

/** The client of the flood gets what the platform leaves of the processors: in reality it is another machine. */
const NICENESS = 10;

/** In a separate process: the flood must not delay the client whose response times are measured. */
export async function startFloodProcess(settings: z.input<typeof Settings>) {
  const child = fork(fileURLToPath(import.meta.url));
  if (child.pid !== undefined) setPriority(child.pid, NICENESS);
  const answer = async (): Promise<unknown> => {
    const messages: Promise<unknown[]> = once(child, 'message');
    return (await messages)[0];
  };
  child.send(settings);
  return {
    names: Names.parse(await answer()),
    start: (name: string) => void child.send(name),
    /** Returns what was sent. */
    async stop(): Promise<string> {
      child.send('');
      return z.string().parse(await answer());
    },
    close: () => child.disconnect(),
  };
}

if (import.meta.main) {
  const messages: Promise<unknown[]> = once(process, 'message');
  const { gatewayUrl, dataDir } = Settings.parse((await messages)[0]);
  const floods = await openFloods(gatewayUrl, await openStore(gatewayUrl, 'flooding', dataDir));
  let running: ReturnType<(typeof floods)[number]['start']> | undefined;
  process.on('message', (order) => {
    const wanted = floods.find(({ name }) => name === Order.parse(order));
    if (wanted) running = wanted.start();
    else void running?.stop().then((sent) => process.send?.(sent));
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.(floods.map(({ name }) => name));
}
