import { afterEach, expect, test } from 'vitest';
import { ask, closeAll, openPlatform, openRudeSubgraph, sendJson } from '../testing/platform.ts';

afterEach(closeAll);

const QUERY = '{ items { id picture { name } } }';
const reference = { __typename: 'Picture', id: '1' };
const item = { id: '1', picture: reference };

/** A graph in which `shop` always returns `items` and `media` always returns `entities`. */
async function askWith({ items, entities }: { items: unknown; entities?: unknown }) {
  const answering = (data: unknown) =>
    openRudeSubgraph((_request, response) => void sendJson(response, { data }));
  const shop = await answering({ items });
  const media = await answering({ _entities: entities });
  const { url } = await openPlatform({ subgraphUrls: { shop, media } });
  return ask(url, QUERY);
}

test.each([
  ['text for a list', { items: 'none' }],
  ['text for an object', { items: ['none'] }],
])('%s is an internal error and is not returned', async (_what, answers) => {
  const { data, errors, text } = await askWith(answers);
  expect(data ?? null).toBeNull();
  expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
  expect(text).not.toContain('none');
});

test('a number as __typename is an internal error and null', async () => {
  const items = [{ ...item, picture: { __typename: 1 } }];
  const { data, errors } = await askWith({ items });
  expect(data).toEqual({ items: [{ id: '1', picture: null }] });
  expect(errors).toMatchObject([
    { path: ['items', 0, 'picture'], extensions: { code: 'INTERNAL' } },
  ]);
});

test.each([
  ['fewer entities than asked for', []],
  ['no entities', undefined],
  ['something else', { 0: { name: 'x' } }],
  ['a list for an entity', [[]]],
])('%s: no data is derived from it, and an error is reported', async (_what, entities) => {
  const { data, errors } = await askWith({ items: [item], entities });
  expect(data).toEqual({ items: [{ id: '1', picture: null }] });
  expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
});

test.each([
  ['a value of another type', { ...reference, name: 7 }, { name: null }],
  ['a type that clients may not see', { __typename: 'Secret', id: '1', name: 'x' }, null],
])('%s becomes null with an error', async (_what, entity, picture) => {
  const { data, errors } = await askWith({ items: [item], entities: [entity] });
  expect(data).toEqual({ items: [{ id: '1', picture }] });
  expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
});

test('a null in a non-null position propagates to the nearest nullable parent', async () => {
  const { data, errors } = await askWith({ items: [{ id: null, picture: null }] });
  expect(data).toBeNull();
  expect(errors).toMatchObject([{ path: ['items', 0, 'id'] }]);
});

test('a field that a subgraph omits is an error, not a null without a reason', async () => {
  const { data, errors } = await askWith({ items: [{ id: '1' }] });
  expect(data).toEqual({ items: [{ id: '1', picture: null }] });
  expect(errors).toMatchObject([{ path: ['items', 0, 'picture'] }]);
});
