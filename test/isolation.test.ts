import { allSubgraphs } from '@federated-media/stack/subgraphs';
import { newId } from '@federated-media/subgraph-kit/ids';
import { isObjectType } from 'graphql';
import { beforeAll, expect, test } from 'vitest';
import { type Endpoint, openEndpoint } from './support/endpoint.ts';
import { type FilledStore, fillStore } from './support/filled-store.ts';
import { everyScope } from './support/graph.ts';
import { entitiesOf, selectionOf } from './support/operations.ts';
import {
  allIds,
  askWith,
  idOf,
  isCursor,
  isId,
  isText,
  kindOf,
  placesOf,
  toldBy,
} from './support/places.ts';
import { type SharedStack, openSharedStack } from './support/shared-stack.ts';

/**
 * The operations are generated from the served schemas, so that new fields are covered. The caller has a separate
 * complete store, and knows all ids and texts of the other one.
 */
let stack: SharedStack;
let gateway: Endpoint;
let endpoints: Endpoint[];
let mine: FilledStore;
let theirs: FilledStore;
let asTheyWere: unknown;

beforeAll(async () => {
  stack = await openSharedStack();
  const subgraphs = allSubgraphs.map(({ name }) => openEndpoint(stack, name));
  gateway = await openEndpoint(stack, 'gateway');
  endpoints = [gateway, ...(await Promise.all(subgraphs))];
  [mine, theirs] = await Promise.all([newStore('mine'), newStore('theirs')]);
  asTheyWere = await theirs.read();
});

const newStore = async (storeId: string) =>
  fillStore(gateway, { storeId, scope: await everyScope });

const placesFor = (isWanted: typeof isId) =>
  endpoints.flatMap((endpoint) => placesOf(endpoint, { isWanted, store: mine }));

test('the store has an entity of every kind', () => {
  const types = Object.values(gateway.schema.getTypeMap()).filter(isObjectType);
  const kinds = types.filter((type) => type.getFields()['id']).map(({ name }) => name);
  const missing = kinds.filter((kind) => !theirs.ids.has(kind));
  expect(missing, 'add one of each to fillStore').toEqual([]);
});

test('treats an id of another store like an unknown one in every position', async () => {
  const oneOfEach = [...theirs.ids.values()].map(([id = '']) => id);
  for (const place of placesFor(isId)) {
    const told = async (value: string) =>
      toldBy(await askWith(place, { store: mine, value }), value);
    const unknown = await told(newId());
    for (const id of [...oneOfEach, 'no-id-at-all']) {
      expect(await told(id), place.title).toBe(unknown);
    }
  }
});

test('treats an own id differently in each of these positions', async () => {
  const places = placesOf(gateway, { isWanted: isId, store: mine });
  expect(places.length).toBeGreaterThan(40);
  for (const [number, place] of places.entries()) {
    const store = place.kind === 'query' ? mine : await newStore(`mine-${number}`);
    const told = async (value: string) => toldBy(await askWith(place, { store, value }), value);
    const unknown = await told(newId());
    const own = idOf(store, kindOf(place, { path: place.position.path, store }));
    expect(await told(own), place.title).not.toBe(unknown);
  }
});

test('treats entities of another store like unknown ones', async () => {
  expect(entitiesOf(gateway.schema)).toEqual([]);
  const answered = new Set<string>();
  for (const { name, schema, ask } of endpoints) {
    for (const type of entitiesOf(schema)) {
      const query = `query ($it: _Any!) {
        _entities(representations: [$it]) ${selectionOf(schema.getType('_Entity'), 3)}
      }`;
      const told = async (id: string) =>
        toldBy(await ask(mine, { query, variables: { it: { __typename: type, id } } }), id);
      const unknown = await told(newId());
      for (const id of [...allIds(theirs), 'no-id-at-all']) {
        expect(await told(id), `${name}: ${type}`).toBe(unknown);
      }
      if ((await told(idOf(mine, type))) !== unknown) answered.add(type);
    }
  }
  const entities = new Set(endpoints.flatMap(({ schema }) => entitiesOf(schema)));
  expect(answered, 'each is answered by the subgraph that owns it').toEqual(entities);
});

test('cursors of another store return nothing of it', async () => {
  const places = placesFor(isCursor).filter(({ title }) => !OF_EVERY_STORE.has(title));
  expect(theirs.cursors.length).toBeGreaterThan(5);
  for (const place of places) {
    for (const value of theirs.cursors) {
      const answer = await askWith(place, { store: mine, value });
      const text = JSON.stringify(answer).replaceAll(value, '');
      for (const id of ['theirs', ...allIds(theirs)]) expect(text, place.title).not.toContain(id);
    }
  }
});

/** For service tokens of consumers, which have no store; clients cannot use them. */
const OF_EVERY_STORE = new Set([
  'cms: mediaChanges(after)',
  'cms: mediaInvalidations(after)',
  'cms: mediaUsageClaims(after)',
]);

test('names of another store find nothing and can be used', async () => {
  let tried = 0;
  for (const place of placesOf(gateway, { isWanted: isText, store: mine })) {
    const told = async (value: string) => {
      const answer = toldBy(await askWith(place, { store: mine, value }), value);
      return place.kind === 'query' ? answer : refusalsIn(answer);
    };
    const name = place.position.path.split('.').at(-1) ?? '';
    const own = new Set(mine.words.get(name));
    for (const word of theirs.words.get(name)?.filter((one) => !own.has(one)) ?? []) {
      expect(await told(word), `${place.title}: "${word}"`).toEqual(await told(unheardOf(word)));
      tried += 1;
    }
  }
  expect(tried).toBeGreaterThan(20);
});

/** Valid, but of no store. */
const unheardOf = (word: string) => `${word.slice(0, -1)}${word.endsWith('0') ? '1' : '0'}`;

/** Errors that block a mutation: the rest of its response shows that the previous check passed. */
const refusalsIn = (answer: string) => answer.match(/"(?:userErrors|errors)":\[[^\]]*\]/g);

test('the other store is unchanged', async () => {
  expect(await theirs.read()).toEqual(asTheyWere);
});
