import { readdir } from 'node:fs/promises';
import { readSdl } from '@federated-media/stack/composition';
import { allSubgraphs, databaseName } from '@federated-media/stack/subgraphs';
import { Kind, isNonNullType, parse } from 'graphql';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Endpoint, openEndpoint } from './support/endpoint.ts';
import { type FilledStore, fillStore } from './support/filled-store.ts';
import { entitiesOf, fieldsOf, operationFor, rootFields } from './support/operations.ts';
import { idOf } from './support/places.ts';
import { EVERY_FIELD, type TestStack, openTestStack } from './support/stack.ts';

interface GuardedField {
  readonly subgraph: string;
  readonly type: string;
  readonly field: string;
  readonly scope: string;
}

const guarded = (
  await Promise.all(allSubgraphs.map(async ({ name }) => guardedFields(name, await readSdl(name))))
).flat();

const everyScope = [...new Set(guarded.map(({ scope }) => scope))];

function guardedFields(subgraph: string, sdl: string): GuardedField[] {
  return parse(sdl).definitions.flatMap((definition) => {
    if (!('fields' in definition) || !('name' in definition)) return [];
    const type = definition.name.value;
    return (definition.fields ?? []).flatMap((field) => {
      const access = field.directives?.find(({ name }) => name.value === 'access');
      const scope = access?.arguments?.[0]?.value;
      if (scope?.kind !== Kind.STRING) return [];
      return [{ subgraph, type, field: field.name.value, scope: scope.value }];
    });
  });
}

let stack: TestStack;
let endpoints: Map<string, Endpoint>;
let shop: FilledStore;

beforeAll(async () => {
  stack = await openTestStack({ env: EVERY_FIELD });
  const names = ['gateway', ...allSubgraphs.map(({ name }) => name)];
  const opened = await Promise.all(names.map((name) => openEndpoint(stack, name)));
  endpoints = new Map(opened.map((endpoint) => [endpoint.name, endpoint]));
  shop = await fillStore(endpoints.get('gateway')!, {
    storeId: 'shop',
    scope: everyScope.join(' '),
  });
});
afterAll(() => stack.stop());

/** From here on every statement fails, so that a response without errors sent none. */
async function takeDatabasesAway() {
  const client = new pg.Client({ connectionString: stack.postgres.url('postgres') });
  await client.connect();
  for (const name of allSubgraphs.map((subgraph) => databaseName(subgraph.name))) {
    await client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await client.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1',
      [name],
    );
  }
  await client.end();
}

const without = (scope: string) => everyScope.filter((one) => one !== scope).join(' ');

const isRoot = ({ type }: GuardedField) => type === 'Query' || type === 'Mutation';
const ofRoots = guarded.filter(isRoot);
const ofEntities = guarded.filter((field) => !isRoot(field));

/** Undefined if the gateway does not have the field. */
function askRoot(on: string, { type, field }: GuardedField, scope: string) {
  const { schema, ask } = endpoints.get(on)!;
  const root = rootFields(schema).find(
    ({ kind, field: { name } }) => kind === type.toLowerCase() && name === field,
  );
  if (!root && on === 'gateway') return undefined;
  return ask({ storeId: 'shop', scope }, operationFor(root!));
}

/** Selected on the entity, as the gateway does it. */
function askOfEntity({ subgraph, type, field }: GuardedField, scope: string) {
  const { schema, ask } = endpoints.get(subgraph)!;
  if (!entitiesOf(schema).includes(type)) {
    throw new Error(`${type}.${field} is no entity’s: teach this test how to ask for it.`);
  }
  const asked = fieldsOf(schema, type).find(({ name }) => name === field)!;
  const of = { type, id: idOf(shop, type) };
  return ask({ storeId: 'shop', scope }, operationFor({ kind: 'query', field: asked, of }));
}

const isNullable = ({ subgraph, type, field }: GuardedField) => {
  const { schema } = endpoints.get(subgraph)!;
  return fieldsOf(schema, type).some((one) => one.name === field && !isNonNullType(one.type));
};

const filesOf = async () =>
  (await readdir(stack.dataDir, { recursive: true }))
    .filter((path) => !path.startsWith('postgres'))
    .toSorted();

test('every subgraph guards fields', () => {
  const names = new Set(guarded.map(({ subgraph }) => subgraph));
  expect([...names]).toEqual(allSubgraphs.map(({ name }) => name));
});

test.each(ofEntities)('$type $field of $subgraph needs $scope', async (field) => {
  const refused = await askOfEntity(field, without(field.scope));
  // Null of a field that is never null is the null of its entity.
  const entity = isNullable(field) ? expect.objectContaining({ [field.field]: null }) : null;
  expect(refused.data).toEqual({ _entities: [entity] });
  expect(refused.errors).toMatchObject([
    { path: ['_entities', 0, field.field], extensions: { code: 'FORBIDDEN' } },
  ]);
  const answered = await askOfEntity(field, field.scope);
  expect(answered.errors).toBeUndefined();
});

describe('with no database', () => {
  beforeAll(takeDatabasesAway);

  test.each(ofRoots)('$type $field of $subgraph does nothing without $scope', async (field) => {
    const before = await filesOf();
    for (const on of [field.subgraph, 'gateway']) {
      const answer = await askRoot(on, field, without(field.scope));
      if (!answer) continue;
      expect(answer.errors, on).toMatchObject([
        { path: [field.field], extensions: { code: 'FORBIDDEN' } },
      ]);
      expect(answer.errors?.[0]?.message).toBe(`The token lacks the scope "${field.scope}".`);
      expect(answer.data?.[field.field] ?? null).toBeNull();
      expect(answer.status).toBe(200);
    }
    expect(await filesOf()).toEqual(before);
  });

  test.each(ofRoots)('$type $field of $subgraph is not forbidden with $scope', async (field) => {
    for (const on of [field.subgraph, 'gateway']) {
      const answer = await askRoot(on, field, field.scope);
      const codes = answer?.errors?.map(({ extensions }) => extensions.code) ?? [];
      expect(codes).not.toContain('FORBIDDEN');
    }
  });

  test('a statement would be noticed', async () => {
    const failing: GuardedField[] = [];
    for (const field of ofRoots) {
      const answer = await askRoot(field.subgraph, field, field.scope);
      const codes = answer?.errors?.map(({ extensions }) => extensions.code) ?? [];
      // OVERLOADED while new connections fail.
      if (codes.some((code) => code === 'INTERNAL' || code === 'OVERLOADED')) failing.push(field);
    }
    const names = new Set(failing.map(({ subgraph }) => subgraph));
    expect([...names]).toEqual(allSubgraphs.map(({ name }) => name));
    expect(failing.length).toBeGreaterThan(ofRoots.length / 2);
  });
});
