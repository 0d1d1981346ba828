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
])(
  'sends requests of a subgraph at "%s" to %s, and its health checks to the root',
  async (path, asked) => {
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
  },
);

test('uses the URL of a setting unchanged', async () => {
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
