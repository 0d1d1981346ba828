import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Stack, startStack } from '@federated-media/stack/stack';
import { allSubgraphs, databaseName, settingName } from '@federated-media/stack/subgraphs';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { Pool } from 'undici';
import { costOf, rowOf, type Cost } from '../cost.ts';
import { startGateway } from '../gateway/gateway-process.ts';
import { processes } from '../settings.ts';
import { atMost, printTable, ratio, spread } from '../table.ts';
import { startFloor } from './floor.ts';
import { MOST_PRODUCTS, fillCatalog } from './catalog.ts';
import { benchRepeatedPage } from './repeated-page.ts';

const AT_ONCE = 16;
/** Operations of 16 to 31 products, in turns. */
const OPERATIONS = Array.from({ length: 16 }, (_none, index) => MOST_PRODUCTS - 15 + index);
const PAGES = 160;
const WARM_UP = 320;
const ROUNDS = 5;
const SECRET = 'the secret that signs the URLs of this bench';

const kinds = [
  { name: 'url and srcSet', fields: 'url srcSet', limit: 3, limitCached: 1.8 },
  { name: 'url only', fields: 'url', limit: 5, limitCached: null },
];

/**
 * A product page, with all processes counted, next to a bare server that reads the same rows and answers the
 * same bytes with the same signatures. They run in turns, and each round is one ratio. Our platform runs twice on the
 * same databases: without caches, and with the entity cache. Then the same page is requested again and again, with the response cache.
 */
export async function run() {
  const folder = await temporaryFolder();
  const dataDir = join(folder, 'data');
  const stack = await startStack({
    dataDir,
    ports: 'free',
    output: 'collect',
    generate: true,
    processes,
    env: { LOG_LEVEL: 'error', URL_SIGNING_SECRET: SECRET, ENTITY_CACHE_BYTES: '0' },
  });
  const supergraphPath = join(dataDir, 'supergraph.graphql');
  const start = (env: Readonly<Record<string, string>>) =>
    startGateway('own', { stack, dataDir, supergraphPath, env });
  try {
    await fillCatalog(stack.gatewayUrl);
    const cached = await startCached(stack, join(folder, 'cached'));
    try {
      for (const kind of kinds) await benchPage(stack, { ...kind, cached });
    } finally {
      await cached.stop();
    }
    await benchRepeatedPage(await start({ RESPONSE_CACHE_BYTES: '64 MiB' }), folder);
  } finally {
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A second platform with the databases and URLs of `stack`, and the default entity cache. */
const startCached = (stack: Stack, dataDir: string) =>
  startStack({
    dataDir,
    ports: 'free',
    output: 'collect',
    processes,
    env: {
      LOG_LEVEL: 'error',
      URL_SIGNING_SECRET: SECRET,
      PUBLIC_MEDIA_URL: stack.urls['cms'],
      ...Object.fromEntries(
        allSubgraphs.map(({ name }) => [
          settingName(name, 'DATABASE_URL'),
          stack.postgres.url(databaseName(name)),
        ]),
      ),
    },
  });

interface Page {
  readonly name: string;
  readonly fields: string;
  /** The highest ratio to the floor. */
  readonly limit: number;
  /** With the entity cache. Null: there is no limit. */
  readonly limitCached: number | null;
  readonly cached: Stack;
}

async function benchPage(stack: Stack, { name, fields, limit, limitCached, cached }: Page) {
  const queryOf = (first: number) =>
    `{ products(first: ${first}) { nodes { id sku name mediaAssociations { id usageType displayOrder media { id altText ${fields} mimeType width height } } } } }`;
  const bodies = OPERATIONS.map((first) => JSON.stringify({ query: queryOf(first) }));
  const pool = new Pool(stack.gatewayUrl, { connections: AT_ONCE });
  const cachedPool = new Pool(cached.gatewayUrl, { connections: AT_ONCE });
  const answers = await Promise.all(bodies.map((body) => ask(pool, body)));
  const floor = await startFloor({
    databases: { catalog: stack.postgres.url('catalog'), cms: stack.postgres.url('cms') },
    secret: SECRET,
    example: answers.at(-1) ?? '',
  });
  const floorPool = new Pool(floor.url, { connections: AT_ONCE });
  const floorBodies = OPERATIONS.map((first) => JSON.stringify({ first, fields }));
  for (const [index, body] of floorBodies.entries()) {
    if ((await ask(floorPool, body)) !== answers[index])
      throw new Error('The floor answers other bytes.');
    if ((await ask(cachedPool, bodies[index] ?? '')) !== answers[index])
      throw new Error('The gateway with the entity cache answers other bytes.');
  }

  const postgres = ['PostgreSQL', stack.postgres.pid] as const;
  const partsOf = ({ processes: started }: Stack) =>
    new Map([...started.map((each): [string, number] => [each.name, each.pid]), postgres]);
  const [parts, cachedParts] = [partsOf(stack), partsOf(cached)];
  const floorParts = new Map([['floor', floor.pid], postgres]);
  await askPages(pool, bodies, WARM_UP);
  await askPages(cachedPool, bodies, WARM_UP);
  await askPages(floorPool, floorBodies, WARM_UP);
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const cost = (roots: ReadonlyMap<string, number>, work: () => Promise<void>) =>
      costOf(roots, { count: PAGES, work });
    rounds.push({
      bare: await cost(floorParts, () => askPages(floorPool, floorBodies, PAGES)),
      ours: await cost(parts, () => askPages(pool, bodies, PAGES)),
      cached: await cost(cachedParts, () => askPages(cachedPool, bodies, PAGES)),
    });
  }
  await Promise.all([pool.close(), cachedPool.close(), floorPool.close()]);
  await floor.stop();

  const bytes = Buffer.byteLength(answers[8] ?? '');
  printTable(`Product page, ${name}: ${(bytes / 1000).toFixed(0)} kB with 24 products`, [
    ['', 'CPU per page', 'pages per second', 'of these'],
    rowOf(
      'floor',
      rounds.map(({ bare }) => bare),
    ),
    rowOf(
      'ours',
      rounds.map(({ ours }) => ours),
    ),
    rowOf(
      'ours, entity cache warm',
      rounds.map(({ cached: each }) => each),
    ),
    ratioRow(
      'ours to the floor',
      rounds.map(({ ours, bare }) => ours.cpuMs / bare.cpuMs),
      limit,
    ),
    ratioRow(
      'cached to the floor',
      rounds.map(({ cached: each, bare }) => each.cpuMs / bare.cpuMs),
      limitCached,
    ),
  ]);
}

interface Round {
  readonly bare: Cost;
  readonly ours: Cost;
  readonly cached: Cost;
}

const ratioRow = (name: string, ratios: readonly number[], limit: number | null): string[] => [
  name,
  spread(ratios, ratio),
  limit === null ? '' : atMost(limit, ratios),
];

async function askPages(pool: Pool, bodies: readonly string[], count: number) {
  let asked = 0;
  const client = async () => {
    while (asked < count) {
      asked += 1;
      await ask(pool, bodies[asked % bodies.length] ?? '');
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
}

async function ask(pool: Pool, body: string): Promise<string> {
  const answer = await pool.request({
    method: 'POST',
    path: '/graphql',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`The page answered ${answer.statusCode}: ${text}`);
  return text;
}
