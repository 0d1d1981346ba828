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
  ['a number for a type’s name', { items: [{ ...item, picture: { __typename: 1 } }] }],
])('%s is an error of ours, and shown to nobody', async (_what, answers) => {
  const { data, errors, text } = await askWith(answers);
  expect(data ?? null).toBeNull();
  expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
  expect(text).not.toContain('none');
});

test.each([
  ['fewer entities than asked for', []],
  ['no entities', undefined],
  ['something else', { 0: { name: 'x' } }],
])('%s: nothing is made up of it, and it is told', async (_what, entities) => {
  const { data, errors } = await askWith({ items: [item], entities });
  expect(data).toEqual({ items: [{ id: '1', picture: null }] });
  expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
});

test.each([
  ['a value of another type', { ...reference, name: 7 }, { name: null }],
  ['a type that clients may not see', { __typename: 'Secret', id: '1', name: 'x' }, null],
  ['a list', [], { name: null }],
])('%s is null', async (_what, entity, picture) => {
  const { data } = await askWith({ items: [item], entities: [entity] });
  expect(data).toEqual({ items: [{ id: '1', picture }] });
});

test('null where it may not be takes what is around it along, as far as needed', async () => {
  const { data } = await askWith({ items: [{ id: null, picture: null }] });
  expect(data).toBeNull();
});
