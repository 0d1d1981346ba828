import type { LocalGraphQLDataSource } from '@apollo/gateway';
import { createTokenMinter } from '@federated-media/subgraph-kit/identity';
import { GraphQLError, isObjectType, parse, validate } from 'graphql';
import { pino } from 'pino';
import { afterAll, expect, inject, onTestFinished, test } from 'vitest';
import { createCachePolicy } from '../cache-policy.ts';
import { randomOperation } from '../execution/differential/testing/random-operation.ts';
import type { World } from '../execution/differential/testing/world.ts';
import { worlds } from '../execution/differential/testing/worlds/all.ts';
import { createSupergraph } from '../supergraph.ts';
import { composeLocally, openLocalGraph, serveLocally } from '../testing/local-graph.ts';
import { SECRET } from '../testing/platform.ts';
import { cacheEntities, endAfterMutations } from './cached-source.ts';
import { type EntityCache, createEntityCache } from './entity-cache.ts';

const { seed, isThorough } = inject('random');
const runs = isThorough ? 400 : 12;
/** A small one removes entries again and again, so that plans find a part of their entities. */
const sizes = [1_000_000, 6_000];

const cases = worlds.flatMap((world) => sizes.map((maxBytes) => ({ world, maxBytes })));

let hits = 0;
afterAll(() => {
  expect(hits, 'served from the cache').toBeGreaterThan(100);
});

test.each(cases.map((each) => [each.world.name, each.maxBytes, each.world] as const))(
  '%s: responds the same with an entity cache of %d bytes',
  async (_name, maxBytes, world) => {
    const plain = await openLocalGraph(world.subgraphs, 'own');
    onTestFinished(() => plain.close());
    const cached = await openCached(world, maxBytes);
    onTestFinished(() => cached.close());
    for (const operation of operationsOf(world, plain.schema)) {
      world.reset?.();
      const expected = await plain.ask(operation.query, operation.variables);
      for (const attempt of ['cold', 'warm']) {
        world.reset?.();
        const contextValue = { caller, cachePolicy: createCachePolicy() };
        const answer = await cached.ask(operation.query, operation.variables, { contextValue });
        const about = `TEST_SEED=${seed}, ${attempt}: ${operation.query}`;
        expect(sorted(answer), about).toEqual(sorted(expected));
      }
    }
  },
);

const caller = { subject: 's', storeId: 'ours', scopes: new Set(['a']), issuer: 'client' };

/** Errors of concurrent requests are in any order. */
const sorted = ({ text, errors }: { text: string; errors: readonly unknown[] }) => ({
  text,
  errors: errors.map((error) => JSON.stringify(error)).toSorted(),
});

/** The graph of the world, with the entities of every type cached. */
async function openCached(world: World, maxBytes: number) {
  const { supergraphSdl, sources } = composeLocally(world.subgraphs);
  const supergraph = createSupergraph({
    sdl: supergraphSdl,
    subgraphUrls: new Map(),
    minter: createTokenMinter({ secrets: [SECRET], issuer: 'gateway' }),
    uploadIdleMs: 1_000,
    connectionLimits: { connections: 1, waiting: 1, uploads: 1, maxResponseBytes: 1_000_000 },
    sourceOf: ({ name }) => cachedSource(sources.get(name), maxBytes),
    logger: pino({ level: 'silent' }),
  });
  const { close, ...graph } = await serveLocally(supergraph.gateway);
  return {
    ...graph,
    async close() {
      await close();
      await supergraph.close();
    },
  };
}

function cachedSource(source: LocalGraphQLDataSource | undefined, maxBytes: number) {
  if (!source) throw new GraphQLError('unknown subgraph');
  const entities = createEntityCache({ maxBytes });
  const cache: EntityCache = {
    ...entities,
    find(key, ref) {
      const found = entities.find(key, ref);
      if (found) hits += 1;
      return found;
    },
  };
  cache.confirm(performance.now() + 3_600_000);
  let process: Parameters<typeof cacheEntities>[0] = async (options) => {
    if ('incomingRequestContext' in options) options.context.cachePolicy.restrictTo(60);
    return source.process(options);
  };
  process = endAfterMutations(process, cache);
  for (const type of Object.values(source.schema.getTypeMap())) {
    if (isObjectType(type)) process = cacheEntities(process, { cache, typeName: type.name });
  }
  return { process };
}

function* operationsOf(world: World, schema: Parameters<typeof randomOperation>[0]) {
  for (const given of world.operations) yield typeof given === 'string' ? { query: given } : given;
  for (let attempt = 0; attempt < runs; attempt += 1) {
    const operation = randomOperation(schema, {
      seed: seed * 1_000_003 + attempt,
      variableNames: world.variableNames,
    });
    if (validate(schema, parse(operation.query)).length === 0) yield operation;
  }
}
