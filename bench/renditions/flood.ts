import type { Stack } from '@federated-media/stack/stack';
import { Pool } from 'undici';
import { watchMemory } from '../processes.ts';
import { megabytes, printTable, ratio, verdict } from '../table.ts';
import { createFetcher, pathOf, quantile } from '../load.ts';

const MAX_SLOWER = 2;
const MAX_BYTES = 1e9;
const IDLE_QUERIES = 300;
const PAUSE_MS = 10;

/** Requests many new renditions at once, and measures queries and memory meanwhile. */
export async function benchFlood(
  stack: Stack,
  { urls, origin, cmsPid }: { urls: readonly string[]; origin: string; cmsPid: number },
) {
  const gateway = new Pool(stack.gatewayUrl);
  const fetcher = createFetcher(origin, urls.length);
  const idle: number[] = [];
  for (let query = 0; query < IDLE_QUERIES; query += 1) idle.push(await askOnce(gateway));

  const memory = watchMemory(new Map([['cms', cmsPid]]));
  const busy: number[] = [];
  const flooding = new AbortController();
  const asking = (async ({ signal }) => {
    while (!signal.aborted) busy.push(await askOnce(gateway));
  })(flooding);
  const started = performance.now();
  const answers = await Promise.all(urls.map((url) => fetcher.get(pathOf(url))));
  const seconds = (performance.now() - started) / 1000;
  flooding.abort();
  await asking;
  const peak = memory
    .stop()
    .reduce((sum, { idleBytes, grownBytes }) => sum + idleBytes + grownBytes, 0);
  await Promise.all([gateway.close(), fetcher.close()]);

  const [before, during] = [quantile(idle, 0.95), quantile(busy, 0.95)];
  const made = answers.filter(({ statusCode }) => statusCode === 200).length;
  const refused = answers.filter(({ statusCode }) => statusCode === 503).length;
  printTable(`A flood of ${urls.length} new renditions`, [
    ['rendered', `${made}`, `in ${seconds.toFixed(1)} s`],
    ['rejected (503)', `${refused}`],
    ['a query, p95, idle', `${before.toFixed(1)} ms`],
    ['a query, p95, during the flood', `${during.toFixed(1)} ms`, `${busy.length} queries`],
    [
      'ratio',
      ratio(during / before),
      `at most ${ratio(MAX_SLOWER)}: ${verdict(during <= MAX_SLOWER * before)}`,
    ],
    [
      'memory of the cms and its workers',
      megabytes(peak),
      `at most ${megabytes(MAX_BYTES)}: ${verdict(peak <= MAX_BYTES)}`,
    ],
  ]);
}

const QUERY = JSON.stringify({
  query: '{ mediaLibrary(first: 24) { nodes { id url(transform: { width: 400 }) srcSet } } }',
});

/** In milliseconds. */
async function askOnce(gateway: Pool): Promise<number> {
  const started = performance.now();
  const { body, statusCode } = await gateway.request({
    method: 'POST',
    path: '/graphql',
    headers: { 'content-type': 'application/json' },
    body: QUERY,
  });
  await body.text();
  if (statusCode !== 200) throw new Error(`A query returned ${statusCode}.`);
  const ms = performance.now() - started;
  await new Promise((resolve) => {
    setTimeout(resolve, PAUSE_MS);
  });
  return ms;
}
