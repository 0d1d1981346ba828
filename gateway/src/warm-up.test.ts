import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { QueryPlanner } from '@apollo/query-planner';
import { createTokenMinter } from '@federated-media/subgraph-kit/identity';
import { parse } from 'graphql';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Graph, openGraph } from './graph.ts';
import { SECRET, ask, closeAll, openPlatform, openRudeSubgraph } from './testing/platform.ts';
import { readOperations, warmUp } from './warm-up.ts';

const plans = vi.spyOn(QueryPlanner.prototype, 'buildQueryPlan');
let folder: string;
let asked: number;
let graph: Graph;
const lines: { msg: string; [key: string]: unknown }[] = [];
const logger = pino(
  {
    level: 'info',
  },
  { write: (line: string) => lines.push(JSON.parse(line) as { msg: string }) },
);

const SDL = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9")
  scalar Upload
  enum Colour { RED BLUE }
  input Deeper { id: ID! name: String }
  input Deep { upload: Upload! colours: [Colour!]! colour: Colour! deeper: Deeper! size: Int! ratio: Float! on: Boolean! note: String }
  type Query { poem(id: ID!): String poems(wanted: [Deep!]!, deep: Deep!): [String] }
  type Mutation { write(deep: Deep!): String }`;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'operations-'));
  asked = 0;
  lines.length = 0;
  const url = await openRudeSubgraph(() => {
    asked += 1;
  });
  const { supergraphSdl } = composeServices([{ name: 'writer', url, typeDefs: parse(SDL) }]);
  graph = await openGraph(supergraphSdl!, {
    subgraphUrls: new Map(),
    minter: createTokenMinter({ secrets: [SECRET], issuer: 'gateway' }),
    uploadIdleMs: 1_000,
    connectionLimits: { connections: 1, waiting: 1, uploads: 1, maxResponseBytes: 1_000_000 },
    logger,
  });
  plans.mockClear();
});
afterEach(async () => {
  await graph.close();
  await closeAll();
  await rm(folder, { recursive: true });
});

const warm = async (options: { maxMs?: number } = {}) =>
  warmUp(graph, { operations: await readOperations(folder, logger), logger, ...options });

test('plans all recorded operations and runs none', async () => {
  await writeFile(
    join(folder, 'poems.graphql'),
    `query One($id: ID!, $also: Boolean = true) { poem(id: $id) @include(if: $also) }
     query Many($wanted: [Deep!]!, $deep: Deep!) { poems(wanted: $wanted, deep: $deep) }
     mutation Write($deep: Deep!) { write(deep: $deep) }`,
  );
  await writeFile(join(folder, 'notes.txt'), 'no operation');
  await warm();
  expect(plans).toHaveBeenCalledTimes(3);
  expect(asked).toBe(0);
  expect(lines).toMatchObject([{ planned: 3, of: 3 }]);

  await warm();
  expect(plans).toHaveBeenCalledTimes(3);
});

test('reports an invalid or unreadable operation and continues', async () => {
  await writeFile(join(folder, 'a.graphql'), 'query Old { novel }');
  await writeFile(join(folder, 'b.graphql'), 'query {');
  await writeFile(join(folder, 'c.graphql'), 'query New($id: ID!) { poem(id: $id) }');
  await warm();
  expect(lines.map(({ msg }) => msg)).toEqual([
    'cannot read a recorded operation',
    'query plans warmed',
  ]);
  expect(lines.at(-1)).toMatchObject({ planned: 2, of: 4, invalid: ['anonymous', 'Old'] });
});

test('stops planning at the time limit', async () => {
  await writeFile(join(folder, 'a.graphql'), 'query New($id: ID!) { poem(id: $id) }');
  await warm({ maxMs: -1 });
  expect(lines).toMatchObject([{ planned: 0, of: 2 }]);
  expect(plans).not.toHaveBeenCalled();
});

test('without a folder there are no operations', async () => {
  expect(await readOperations(join(folder, 'absent'), logger)).toEqual([]);
});

test('plans operations before a graph is served, and before each replacement', async () => {
  const document = 'query Picture($id: ID!) { picture(id: $id) { name } }';
  const prepare = (one: Graph) => warmUp(one, { operations: [{ document }], logger });
  const { url, supergraph, sdl } = await openPlatform({ prepare });
  expect(plans).toHaveBeenCalledTimes(1);
  const variables = { id: '1' };
  expect((await ask(url, document, { variables })).data).toEqual({
    picture: { name: 'image 1' },
  });
  expect(plans).toHaveBeenCalledTimes(1);
  await supergraph.replace(`${sdl}\n# another text`);
  expect(plans).toHaveBeenCalledTimes(2);
  expect((await ask(url, document, { variables })).data).toEqual({
    picture: { name: 'image 1' },
  });
  expect(plans).toHaveBeenCalledTimes(2);
});
