import { type GraphQLFormattedError, OperationTypeNode } from 'graphql';
import { beforeEach, expect, test } from 'vitest';
import { createCachePolicy } from '../cache-policy.ts';
import { cacheEntities, endAfterMutations } from './cached-source.ts';
import { type EntityCache, createEntityCache } from './entity-cache.ts';

type Process = Parameters<typeof cacheEntities>[0];
type Options = Extract<Parameters<Process>[0], { incomingRequestContext: unknown }>;

const file = (id: string) => ({ __typename: 'File', id });
const files = (...ids: string[]) => ids.map(file);

/** The subgraph: answers with the number of its request, so that a cached entity is recognized. */
const subgraph = {
  requests: [] as string[][],
  cacheControl: 'max-age=5, public' as string | undefined,
  errors: undefined as GraphQLFormattedError[] | undefined,
  respond: (_ids: string[]) => {},
};

let cache: EntityCache;
let ask: Process;
beforeEach(() => {
  Object.assign(subgraph, {
    requests: [],
    cacheControl: 'max-age=5, public',
    errors: undefined,
    respond: () => {},
  });
  cache = createEntityCache({ maxBytes: 100_000 });
  cache.confirm(performance.now());
  const process: Process = async (options) => {
    const { context, request } = options as Options;
    const { representations } = request.variables as { representations: { id: string }[] };
    const ids = representations.map(({ id }) => id);
    subgraph.requests.push(ids);
    subgraph.respond(ids);
    context.cachePolicy.restrict(subgraph.cacheControl);
    const at = subgraph.requests.length;
    const entities = ids.map((id) => (id === 'none' ? null : { name: `${id} ${at}` }));
    const { errors } = subgraph;
    return { data: { _entities: entities }, ...(errors && { errors }) };
  };
  ask = cacheEntities(endAfterMutations(process, cache), { cache, typeName: 'File' });
});

interface Asked {
  query?: string;
  variables?: object;
  storeId?: string;
  scopes?: string[];
  subject?: string;
  operation?: OperationTypeNode;
}

async function names(representations: unknown[], asked: Asked = {}) {
  const { answer } = await response(representations, asked);
  const { _entities: found } = answer.data as { _entities: ({ name: string } | null)[] };
  return found.map((entity) => entity?.name ?? null);
}

async function response(
  representations: unknown[],
  {
    query = '{ name }',
    variables = {},
    storeId = 'ours',
    scopes = ['a', 'b'],
    subject = 'ann',
    operation = OperationTypeNode.QUERY,
  }: Asked = {},
) {
  const caller = { storeId, scopes: new Set(scopes), subject, issuer: 'client' };
  const cachePolicy = createCachePolicy();
  const options = {
    context: { caller, cachePolicy },
    request: { query, variables: { ...variables, representations } },
    incomingRequestContext: { operation: { operation } },
  };
  return { answer: await ask(options as unknown as Options), cachePolicy };
}

test('requests only what is missing, and keeps the order', async () => {
  expect(await names(files('1', '2'))).toEqual(['1 1', '2 1']);
  expect(await names(files('3', '2', '4', '1'))).toEqual(['3 2', '2 1', '4 2', '1 1']);
  expect(subgraph.requests).toEqual([
    ['1', '2'],
    ['3', '4'],
  ]);
  expect(await names(files('1', '1'))).toEqual(['1 1', '1 1']);
  expect(subgraph.requests).toHaveLength(2);
});

test.each<[string, Asked]>([
  ['another store', { storeId: 'theirs' }],
  ['fewer scopes', { scopes: ['a'] }],
  ['other scopes', { scopes: ['a', 'c'] }],
  ['another selection', { query: '{ name size }' }],
  ['other variables', { variables: { locale: 'fr' } }],
])('an entry is not for %s', async (_name, asked) => {
  await names(files('1'));
  expect(await names(files('1'), asked)).toEqual(['1 2']);
  expect(await names(files('1'))).toEqual(['1 1']);
});

test('an entry is for the same representation only', async () => {
  await names(files('1'));
  expect(await names([{ ...file('1'), price: 3 }])).toEqual(['1 2']);
  expect(await names([{ ...file('1'), __typename: 'Other' }])).toEqual(['1 3']);
  expect(await names([{ ...file('1'), __typename: 'Other' }])).toEqual(['1 4']);
});

test('an entry is for every subject of the store, and for scopes in any order', async () => {
  await names(files('1'));
  expect(await names(files('1'), { subject: 'bob', scopes: ['b', 'a'] })).toEqual(['1 1']);
});

test.each([
  ['private responses', 'max-age=5, private'],
  ['responses without a maximum age', undefined],
  ['responses that must not be stored', 'no-store'],
])('does not keep %s', async (_name, cacheControl) => {
  Object.assign(subgraph, { cacheControl });
  await names(files('1'));
  expect(await names(files('1'))).toEqual(['1 2']);
});

test('keeps neither responses with errors nor missing entities', async () => {
  await names(files('none', '1'));
  await names(files('none', '1'));
  expect(subgraph.requests).toEqual([['none', '1'], ['none']]);
  subgraph.errors = [{ message: 'half of it', path: ['_entities', 0, 'size'] }];
  const { answer } = await response(files('1', '2', '3'));
  expect(subgraph.requests.at(-1)).toEqual(['2', '3']);
  // The index counts all representations, as without the cache.
  expect(answer.errors).toEqual([{ message: 'half of it', path: ['_entities', 1, 'size'] }]);
  subgraph.errors = undefined;
  await names(files('2', '3'));
  expect(subgraph.requests.at(-1)).toEqual(['2', '3']);
});

test('a change during the request outdates its response', async () => {
  subgraph.respond = () => cache.end({ storeId: 'ours', id: '1' });
  await names(files('1', '2'));
  subgraph.respond = () => {};
  expect(await names(files('1', '2'))).toEqual(['1 2', '2 1']);
});

test('a mutation does not use the cache, and ends what its store has in it', async () => {
  await names(files('1'));
  await names(files('1'), { storeId: 'theirs' });
  expect(await names(files('1'), { operation: OperationTypeNode.MUTATION })).toEqual(['1 3']);
  expect(await names(files('1'))).toEqual(['1 4']);
  expect(await names(files('1'), { storeId: 'theirs' })).toEqual(['1 2']);
});

test('the response may be cached no longer than its oldest entity', async () => {
  await names(files('1'));
  subgraph.cacheControl = 'max-age=60, public';
  const { cachePolicy } = await response(files('1', '2'));
  expect(cachePolicy.maxAgeSeconds()).toBeGreaterThan(4);
  expect(cachePolicy.maxAgeSeconds()).toBeLessThan(5);
  expect(cachePolicy.isPublic()).toBe(true);
  subgraph.cacheControl = 'max-age=60, private';
  expect((await response(files('1', '3'))).cachePolicy.isPublic()).toBe(false);
});
