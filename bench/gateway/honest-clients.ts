import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { z } from 'zod';

const program = fileURLToPath(import.meta.url);
const CLIENTS = 4;
const WARM_UP_SECONDS = 1;
const QUERY = JSON.stringify({ query: '{ products(first: 10) { nodes { id sku name } } }' });

const Task = z.object({ url: z.string(), seconds: z.number(), giveUpMs: z.number() });
const Times = z.array(z.number());

/**
 * How long each answer took that a few clients got meanwhile; `giveUpMs` where there was none. They run in a
 * process of their own, where nothing that is sent by others holds up their clock.
 */
export async function askHonestly(task: z.output<typeof Task>): Promise<number[]> {
  const child = fork(program, [JSON.stringify(task)]);
  const received: Promise<unknown[]> = once(child, 'message');
  const ended = once(child, 'exit');
  const failed = ended.then((): never => {
    throw new Error('The honest clients ended without an answer.');
  });
  const [times] = await Promise.race([received, failed]);
  failed.catch(() => {});
  await ended;
  return Times.parse(times);
}

async function askFor(pool: Pool, seconds: number, giveUpMs: number): Promise<number[]> {
  const until = performance.now() + seconds * 1000;
  const times: number[] = [];
  const client = async () => {
    while (performance.now() < until) times.push(await timeOfOne(pool, giveUpMs));
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return times;
}

async function timeOfOne(pool: Pool, giveUpMs: number): Promise<number> {
  const started = performance.now();
  try {
    const answer = await pool.request({
      method: 'POST',
      path: '/graphql',
      headers: { 'content-type': 'application/json' },
      body: QUERY,
      signal: AbortSignal.timeout(giveUpMs),
    });
    await answer.body.dump();
    return performance.now() - started;
  } catch {
    return giveUpMs;
  }
}

if (process.argv[1] === program) {
  const { url, seconds, giveUpMs } = Task.parse(JSON.parse(process.argv[2] ?? ''));
  const pool = new Pool(url, { connections: CLIENTS });
  await askFor(pool, WARM_UP_SECONDS, giveUpMs);
  const times = await askFor(pool, seconds, giveUpMs);
  // A process that ends loses what it has not sent completely.
  await new Promise((sent) => process.send?.(times, sent));
  await pool.close();
  process.disconnect();
}
