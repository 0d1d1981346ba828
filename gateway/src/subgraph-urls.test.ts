import { afterEach, expect, test } from 'vitest';
import { openOneSubgraph } from './testing/one-subgraph.ts';
import { ask, closeAll, openPlatform, openRudeSubgraph, sendJson } from './testing/platform.ts';

afterEach(closeAll);

test.each([
  ['', '/'],
  ['/', '/'],
  ['/graphql', '/graphql'],
  ['/api/graphql/', '/api/graphql/'],
  ['/api/a?tenant=7&b=%20c', '/api/a?tenant=7&b=%20c'],
  ['?tenant=7', '/?tenant=7'],
])('a subgraph at "%s" of its host is asked at %s, its health at the root', async (path, asked) => {
  const urls: (string | undefined)[] = [];
  const { url } = await openOneSubgraph(
    { sdl: 'type Query { poem: String }', path },
    (request, response) => {
      request.resume();
      urls.push(request.url);
      sendJson(response, { data: { poem: 'ebb' } });
    },
  );
  expect((await ask(url, '{ poem }')).data).toEqual({ poem: 'ebb' });
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  expect(urls).toEqual([asked, '/health/ready']);
});

test('the URL of a setting is used as given', async () => {
  const urls: (string | undefined)[] = [];
  const media = await openRudeSubgraph((request, response) => {
    request.resume();
    urls.push(request.url);
    sendJson(response, { data: { picture: { name: 'x' } } });
  });
  const { url } = await openPlatform({ subgraphUrls: { media: `${media}/?tenant=7` } });
  await ask(url, '{ picture(id: 1) { name } }');
  expect(urls).toEqual(['/?tenant=7']);
});
