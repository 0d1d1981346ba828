import { afterEach, expect, test } from 'vitest';
import { ask, closeAll, openPlatform, openRudeSubgraph, sendJson } from './testing/platform.ts';

afterEach(closeAll);

const ITEMS = '{ items { id picture { name } } }';

/** `shop` and `media`, which return their parts of `ITEMS` with the given `cache-control`. */
async function openSaying(shopSays: string | undefined, mediaSays: string | undefined) {
  const saying = (cacheControl: string | undefined, body: unknown) =>
    openRudeSubgraph((_request, response) => {
      if (cacheControl !== undefined) response.setHeader('cache-control', cacheControl);
      sendJson(response, body);
    });
  const items = [{ id: '1', picture: { __typename: 'Picture', id: '1' } }];
  const shop = await saying(shopSays, { data: { items, attach: 1 } });
  const media = await saying(mediaSays, { data: { _entities: [{ name: 'a' }], upload: null } });
  return openPlatform({ subgraphUrls: { shop, media } });
}

test.each([
  ['max-age=60, public', 'max-age=5, private', 'max-age=5, private'],
  ['max-age=60, public', 'max-age=600, public', 'max-age=60, private'],
  ['max-age=60, public', 'no-store', 'no-store'],
  ['max-age=60, public', 'max-age=0, public', 'no-store'],
  ['max-age=60, public', 'public', 'no-store'],
  ['max-age=60, public', undefined, 'no-store'],
  [undefined, 'max-age=60, public', 'no-store'],
])('subgraphs respond with %s and %s, the gateway with %s', async (shop, media, expected) => {
  const { url } = await openSaying(shop, media);
  const { headers, data } = await ask(url, ITEMS);
  expect(data).toEqual({ items: [{ id: '1', picture: { name: 'a' } }] });
  expect(headers.get('cache-control')).toBe(expected);
  const names = expected === 'no-store' ? '' : 'authorization, accept, ';
  expect(headers.get('vary')).toBe(`Origin, ${names}accept-encoding`);
});

test('a response without subgraph requests is not cacheable', async () => {
  const { url } = await openSaying('max-age=60, public', 'max-age=60, public');
  for (const query of [
    '{ __typename }',
    '{ __schema { queryType { name } } }',
    '{',
    '{ nothing }',
  ]) {
    expect((await ask(url, query)).headers.get('cache-control')).toBe('no-store');
  }
});

test('mutations and responses with errors are not cacheable', async () => {
  const says = 'max-age=60, public';
  const { url } = await openSaying(says, says);
  const mutation = await ask(url, 'mutation ($file: Upload!) { attach(file: $file) }');
  expect(mutation.headers.get('cache-control')).toBe('no-store');

  const shop = await openRudeSubgraph((_request, response) => {
    response.setHeader('cache-control', says);
    sendJson(response, { data: { items: [] }, errors: [{ message: 'half of it' }] });
  });
  const platform = await openPlatform({ subgraphUrls: { shop } });
  const answer = await ask(platform.url, ITEMS);
  expect(answer.data).toEqual({ items: [] });
  expect(answer.headers.get('cache-control')).toBe('no-store');
});
