import { setTimeout as sleep } from 'node:timers/promises';
import { jpegOfNoise, withComment } from '../upload/files.ts';
import { quantile } from '../load.ts';
import { processes } from '../settings.ts';
import { withStack } from '../stack.ts';
import { printTable, ratio, verdict } from '../table.ts';
import { startFloodProcess } from './flood-process.ts';
import { type StoreClient, openStore } from './store-client.ts';

/** The response time of a store, at the 95th percentile, while another one floods. */
const MAX_SLOWER = 2;
const ROUNDS = 240;
/** Until the flood has filled all queues. */
const FILL_MS = 3_000;

/**
 * One store works, one request after the other, while another one sends more than the platform can do. Prints the
 * response times of the first store with and without each flood.
 */
export const run = () =>
  withStack({ processes, env: { LOG_LEVEL: 'error' } }, async ({ gatewayUrl }, { dataDir }) => {
    const floods = await startFloodProcess({ gatewayUrl, dataDir });
    const store = await openStore(gatewayUrl, 'working', dataDir);
    await timesOf(await openOperations(store));
    const quiet = await timesOf(await openOperations(store));
    for (const name of floods.names) {
      const operations = await openOperations(store);
      floods.start(name);
      await sleep(FILL_MS);
      const times = await timesOf(operations);
      const sent = await floods.stop();
      const rows = [...quiet].map(([operation, before]) => {
        const [alone, flooded] = [before, times.get(operation) ?? []].map((all) =>
          quantile(all, 0.95),
        );
        const slower = (flooded ?? 0) / (alone ?? 1);
        return [
          operation,
          milliseconds(alone),
          milliseconds(flooded),
          ratio(slower),
          `at most ${ratio(MAX_SLOWER)}: ${verdict(slower <= MAX_SLOWER)}`,
        ];
      });
      printTable(`Another store sends ${name} (${sent})`, [
        ['p95 of', 'alone', 'during the flood', ''],
        ...rows,
      ]);
    }
    floods.close();
  });

type Operations = ReadonlyMap<string, () => Promise<unknown>>;

/** With a new photograph: each measurement renders the same widths. */
async function openOperations(store: StoreClient): Promise<Operations> {
  const photograph = await jpegOfNoise({ width: 1600, height: 1200 });
  const { id } = await uploadOne(store, photograph);
  let width = 100;
  return new Map<string, () => Promise<unknown>>([
    ['an upload of a photograph', () => uploadOne(store, photograph)],
    [
      'a new rendition of a photograph',
      async () => store.fetch(await store.urlOf(id, { width: (width += 1) })),
    ],
    ['a page of the library', () => store.ask('{ mediaLibrary { nodes { id url srcSet } } }')],
  ]);
}

const uploadOne = (store: StoreClient, photograph: Buffer) =>
  store.upload({
    filename: 'photograph.jpg',
    mimeType: 'image/jpeg',
    body: withComment(photograph, `${Math.random()}`),
  });

/** In milliseconds, by operation. */
async function timesOf(operations: Operations): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>([...operations.keys()].map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, work] of operations) {
      const started = performance.now();
      await work();
      times.get(name)?.push(performance.now() - started);
    }
  }
  return times;
}

const milliseconds = (value = 0) => `${value.toFixed(0)} ms`;
