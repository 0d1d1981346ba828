import { afterEach, expect, test } from 'vitest';
import { ask, closeAll, openPlatform, openRudeSubgraph, sendJson } from '../testing/platform.ts';

afterEach(closeAll);

const QUERY = '{ items { id picture { name } } }';
const reference = { __typename: 'Picture', id: '1' };
const item = { id: '1', picture: reference };

/** The graph, where `shop` answers with `items` and `media` with `entities`, whatever they are asked. */
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
])('%s is an error of ours, and shown to nobody', async (_what, answers) => {
  const { data, errors, text } = await askWith(answers);
  expect(data ?? null).toBeNull();
  expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
  expect(text).not.toContain('none');
});

test('a number for a type’s name is an error of ours, and null', async () => {
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
])('%s: nothing is made up of it, and it is told', async (_what, entities) => {
  const { data, errors } = await askWith({ items: [item], entities });
  expect(data).toEqual({ items: [{ id: '1', picture: null }] });
  expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
});

test.each([
  ['a value of another type', { ...reference, name: 7 }, { name: null }],
  ['a type that clients may not see', { __typename: 'Secret', id: '1', name: 'x' }, null],
])('%s is null, with a reason', async (_what, entity, picture) => {
  const { data, errors } = await askWith({ items: [item], entities: [entity] });
  expect(data).toEqual({ items: [{ id: '1', picture }] });
  expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
});

test('null where it may not be takes what is around it along, as far as needed', async () => {
  const { data, errors } = await askWith({ items: [{ id: null, picture: null }] });
  expect(data).toBeNull();
  expect(errors).toMatchObject([{ path: ['items', 0, 'id'] }]);
});

test('a field that a subgraph leaves out is an error, and no silent null', async () => {
  const { data, errors } = await askWith({ items: [{ id: '1' }] });
  expect(data).toEqual({ items: [{ id: '1', picture: null }] });
  expect(errors).toMatchObject([{ path: ['items', 0, 'picture'] }]);
});
