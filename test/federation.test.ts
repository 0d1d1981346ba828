import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  clientSchemaPath,
  composeProject,
  composeSubgraphs,
  readSdl,
  readSubgraphs,
} from '@federated-media/stack/composition';
import { projectRoot } from '@federated-media/stack/project';
import { allSubgraphs } from '@federated-media/stack/subgraphs';
import { newId } from '@federated-media/subgraph-kit/ids';
import { parse, print, visit } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Answer, type Endpoint, openEndpoint } from './support/endpoint.ts';
import { type FilledStore, fillStore } from './support/filled-store.ts';
import { everyScope } from './support/graph.ts';
import { entitiesOf } from './support/operations.ts';
import { idOf } from './support/places.ts';
import { type SharedStack, openSharedStack } from './support/shared-stack.ts';

/**
 * The requirements of the Federation specification for subgraphs, as in the compatibility tests of Apollo, for each
 * subgraph with its schema.
 */
const names = allSubgraphs.map(({ name }) => name);
let stack: SharedStack;
let gateway: Endpoint;
let endpoints: Map<string, Endpoint>;
let shop: FilledStore;

beforeAll(async () => {
  stack = await openSharedStack();
  gateway = await openEndpoint(stack, 'gateway');
  const opened = await Promise.all(names.map((name) => openEndpoint(stack, name)));
  endpoints = new Map(opened.map((endpoint) => [endpoint.name, endpoint]));
  shop = await fillStore(gateway, { storeId: 'federation', scope: await everyScope });
});

test('the gateway serves the committed schema of clients', async () => {
  const served = await fetch(new URL('/schema.graphql', stack.gatewayUrl));
  const committed = await readFile(join(projectRoot, clientSchemaPath), 'utf8');
  expect(await served.text()).toBe(committed);
});

const ask = (name: string, query: string, more: object = {}) =>
  endpoints.get(name)!.ask(shop, { query, ...more });

const Service = z.object({ _service: z.object({ sdl: z.string() }) });
const sdlOf = async (name: string) =>
  Service.parse((await ask(name, '{ _service { sdl } }')).data)._service.sdl;

const Entities = z.object({ _entities: z.array(z.unknown()) });
const entitiesIn = ({ data }: Answer) => Entities.parse(data)._entities;

/** The directives a schema applies, by name. */
function directivesIn(sdl: string): Set<string> {
  const applied = new Set<string>();
  visit(parse(sdl), { Directive: ({ name }) => void applied.add(name.value) });
  return applied;
}

/** Entities of other subgraphs, of which a subgraph has only the key. */
function stubsIn(sdl: string): Set<string> {
  const stubs = new Set<string>();
  visit(parse(sdl), {
    ObjectTypeDefinition({ name, directives = [] }) {
      const key = directives.find((directive) => directive.name.value === 'key');
      if (key && print(key).includes('resolvable: false')) stubs.add(name.value);
    },
  });
  return stubs;
}

test('the served schemas compose to the graph in the repository', async () => {
  const sources = await readSubgraphs(allSubgraphs);
  const served = await Promise.all(
    sources.map(async (source) => ({
      ...source,
      files: [{ path: 'served.graphql', text: await sdlOf(source.name) }],
    })),
  );
  const { supergraph, problems } = composeSubgraphs(served);
  expect(problems).toEqual([]);
  expect(linesOf(supergraph)).toEqual(linesOf(await composeProject(allSubgraphs)));
});

/** Sorted, because the order of definitions has no meaning. */
const linesOf = (sdl: string | null) => sdl?.split('\n').toSorted();

test('the test covers every directive', async () => {
  const local = ['access', 'cache', 'cacheControl', 'deprecated', 'specifiedBy'];
  const known = new Set(['link', 'key', 'shareable', 'inaccessible', ...local]);
  for (const name of names) {
    const unknown = [...directivesIn(await readSdl(name))].filter((one) => !known.has(one));
    expect(unknown, name).toEqual([]);
  }
});

test('the API schema has no @inaccessible elements and no internal directives', () => {
  const { schema } = gateway;
  for (const hidden of [
    'mediaChanges',
    'mediaInvalidations',
    'mediaUsageClaims',
    '_service',
    '_entities',
  ]) {
    expect(schema.getQueryType()?.getFields()).not.toHaveProperty(hidden);
  }
  const types = Object.keys(schema.getTypeMap());
  expect(types.filter((name) => /^_(?:Entity|Any|Service)|^(?:join|link)__/.test(name))).toEqual(
    [],
  );
  const directives = schema.getDirectives().map(({ name }) => name);
  expect(directives).not.toContain('access');
});

describe.each(names)('%s', (name) => {
  test('links the Federation specification and says what it takes of it', async () => {
    const sdl = await sdlOf(name);
    expect(sdl).toMatch(/@link\(\s*url: "https:\/\/specs\.apollo\.dev\/federation\/v2\.\d+"/);
    expect(sdl).toContain('"@key"');
    expect(directivesIn(sdl)).not.toContain('composeDirective');
  });

  test('answers representations in their order, with null for what is unknown', async () => {
    const types = entitiesOf(endpoints.get(name)!.schema);
    expect(types.length).toBeGreaterThan(0);
    const stubs = stubsIn(await sdlOf(name));
    const own = types.map((__typename) => ({ __typename, id: idOf(shop, __typename) }));
    const owned = own.filter(({ __typename }) => !stubs.has(__typename));
    const unknown = owned.map(({ __typename }) => ({ __typename, id: newId() }));
    const representations = [...unknown, ...own.toReversed(), ...unknown, ...own];
    const fields = types.map((type) => `... on ${type} { id }`).join(' ');
    const query = `query ($representations: [_Any!]!) {
      _entities(representations: $representations) { __typename ${fields} }
    }`;
    const answer = await ask(name, query, { variables: { representations } });
    expect(answer.errors).toBeUndefined();
    const nulls = unknown.map(() => null);
    expect(entitiesIn(answer)).toEqual([...nulls, ...own.toReversed(), ...nulls, ...own]);
  });

  test('takes representations in the query, too, and none', async () => {
    const [type = ''] = entitiesOf(endpoints.get(name)!.schema);
    const id = idOf(shop, type);
    const inQuery = await ask(
      name,
      `{ _entities(representations: [{ __typename: "${type}", id: "${id}" }]) { ... on ${type} { id } } }`,
    );
    expect(entitiesIn(inQuery)).toEqual([{ id }]);
    const none = await ask(name, '{ _entities(representations: []) { __typename } }');
    expect(entitiesIn(none)).toEqual([]);
  });

  test.each([
    ['of an unknown type', { __typename: 'Nothing', id: '1' }],
    ['of a type that is no entity', { __typename: 'PageInfo', id: '1' }],
    ['of no type', { id: '1' }],
    ['that is no object', 'x'],
    ['of a type everything has', { __typename: '__proto__', id: '1' }],
  ])('refuses a representation %s', async (_what, representation) => {
    const query = 'query ($it: _Any!) { _entities(representations: [$it]) { __typename } }';
    const answer = await ask(name, query, { variables: { it: representation } });
    expect(answer.errors?.length).toBe(1);
    expect([answer.data?.['_entities'] ?? null].flat()).toEqual([null]);
    expect(JSON.stringify(answer)).not.toMatch(/node_modules|stack/);
  });

  test.each([
    ['no key', {}],
    ['a number', { id: 7 }],
    ['a list', { id: ['1'] }],
    ['an object', { id: { $ne: null } }],
    ['null', { id: null }],
  ])('answers a key that is %s with nothing', async (_what, key) => {
    const stubs = stubsIn(await sdlOf(name));
    const owned = entitiesOf(endpoints.get(name)!.schema).filter((type) => !stubs.has(type));
    for (const __typename of owned) {
      const query = 'query ($it: _Any!) { _entities(representations: [$it]) { __typename } }';
      const answer = await ask(name, query, { variables: { it: { __typename, ...key } } });
      expect(answer, __typename).toEqual({ status: 200, data: { _entities: [null] } });
    }
  });

  test('sends no trace of what it does, though it is asked for one', async () => {
    const headers = { 'apollo-federation-include-trace': 'ftv1' };
    const answer = await ask(name, '{ __typename }', { headers });
    expect(answer).toMatchObject({ status: 200, data: { __typename: 'Query' } });
    expect(JSON.stringify(answer.extensions ?? {})).not.toContain('ftv1');
  });
});
