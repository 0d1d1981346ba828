import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { openEndpoint } from './support/endpoint.ts';
import { type Graph, everyScope, openGraph } from './support/graph.ts';
import { operationFor, positionsOf, rootFields } from './support/operations.ts';
import { plainJpeg } from './support/pictures.ts';
import { type SharedStack, openSharedStack } from './support/shared-stack.ts';

/** The same word, with é as one character, as two, and with a character in it that nobody sees. */
const COMPOSED = 'Caf\u00E9';
const SPELLINGS = [COMPOSED, 'Cafe\u0301', 'Ca\u200Bf\u00E9'];

let stack: SharedStack;
let graph: Graph;
beforeAll(async () => {
  stack = await openSharedStack();
  graph = await openGraph(stack, 'texts');
});

async function ask(query: string, variables: Record<string, unknown> = {}) {
  const { data, errors } = await graph.ask(query, variables);
  expect(errors).toBeUndefined();
  return data!;
}

test('a file is found however its name, folder, tags and the request are spelled', async () => {
  const ids: string[] = [];
  for (const [index, spelling] of SPELLINGS.entries()) {
    const details = { folder: `${spelling}/x`, tags: [spelling] };
    const filename = `${spelling} ${index}.jpg`;
    const { mediaFile } = await graph.upload(await plainJpeg(index * 40), { filename, details });
    expect(mediaFile?.originalFilename).toBe(`${COMPOSED} ${index}.jpg`);
    ids.push(mediaFile!.id);
  }
  const found = async (filter: object) => {
    const query = `query ($filter: MediaLibraryFilter) { mediaLibrary(filter: $filter) { nodes { id } } }`;
    const data = z
      .object({ mediaLibrary: z.object({ nodes: z.array(z.object({ id: z.string() })) }) })
      .parse(await ask(query, { filter }));
    return data.mediaLibrary.nodes.map(({ id }) => id).toSorted();
  };
  for (const spelling of SPELLINGS) {
    expect(await found({ search: spelling })).toEqual(ids.toSorted());
    expect(await found({ folder: `${spelling}/x` })).toEqual(ids.toSorted());
    expect(await found({ folderTree: spelling })).toEqual(ids.toSorted());
    expect(await found({ tags: [spelling] })).toEqual(ids.toSorted());
  }
  expect(await ask('{ mediaFolders { path mediaCount } }')).toEqual({
    mediaFolders: [
      { path: COMPOSED, mediaCount: 0 },
      { path: `${COMPOSED}/x`, mediaCount: 3 },
    ],
  });
});

test('a product is found however its SKU and name are spelled, and no other has that SKU', async () => {
  const create = `mutation ($sku: String!) {
    it: createProduct(input: { sku: $sku, name: "${SPELLINGS[1]} lamp" }) { product { sku name } userErrors { code } }
  }`;
  const product = { sku: COMPOSED, name: `${COMPOSED} lamp` };
  expect(await ask(create, { sku: SPELLINGS[1] })).toEqual({ it: { product, userErrors: [] } });
  for (const spelling of SPELLINGS) {
    expect(await ask(create, { sku: spelling })).toEqual({
      it: { product: null, userErrors: [{ code: 'SKU_TAKEN' }] },
    });
    const query = `query ($sku: String, $search: String) {
      product(sku: $sku) { sku name } products(filter: { search: $search }) { nodes { sku name } }
    }`;
    const search = `${spelling.toLowerCase()} l`;
    expect(await ask(query, { sku: spelling, search })).toEqual({
      product,
      products: { nodes: [product] },
    });
  }
});

test('posts and artworks have the same title in each spelling', async () => {
  const create = `mutation ($title: String!) {
    post: createPost(input: { title: $title, body: "x" }) { post { title slug } }
    artwork: createArtwork(input: { title: $title }) { artwork { title } }
  }`;
  expect(await ask(create, { title: SPELLINGS[1] })).toEqual({
    post: { post: { title: COMPOSED, slug: 'cafe' } },
    artwork: { artwork: { title: COMPOSED } },
  });
  expect(await ask('{ post(slug: "cafe") { title } }')).toEqual({ post: { title: COMPOSED } });
});

test.each([
  ['.htaccess', '.htaccess', 'htaccess.jpg'],
  ['web.config', 'web.config', 'web.config.jpg'],
  ['desktop.ini', 'desktop.ini', 'desktop.ini.jpg'],
  ['con.jpg', 'con.jpg', '_con.jpg'],
  ['photo. ', 'photo.', 'photo.jpg'],
  ['../../photo', 'photo', 'photo.jpg'],
  ['C:\\photo', 'photo', 'photo.jpg'],
  ['photo\u202Egpj.jpg', 'photogpj.jpg', 'photogpj.jpg'],
  ['a"b', 'a"b', 'a"b.jpg'],
  ['Report v1.2', 'Report v1.2', 'Report v1.2.jpg'],
])('a file with the name %j is stored and saved harmlessly', async (given, stored, saved) => {
  const { mediaFile } = await graph.upload(await plainJpeg(200), { filename: given });
  expect(mediaFile?.originalFilename).toBe(stored);
  expect(mediaFile?.filename).toMatch(/^[0-9a-f-]{36}\.jpg$/);
  const query = 'query ($id: ID!) { mediaFile(id: $id) { url(download: true) } }';
  const { mediaFile: download } = z
    .object({ mediaFile: z.object({ url: z.string() }) })
    .parse(await ask(query, { id: mediaFile!.id }));
  const { headers } = await fetch(download.url);
  const name = /filename="?((?:[^"\\]|\\.)+?)"?$/.exec(headers.get('content-disposition') ?? '');
  expect(name?.[1]?.replaceAll(/\\(.)/g, '$1')).toBe(saved);
});

test('no text that PostgreSQL rejects, in any argument, is an internal error', async () => {
  const { schema, ask: askAs } = await openEndpoint(stack, 'gateway');
  const caller = { storeId: 'hostile-texts', scope: await everyScope };
  const failures: string[] = [];
  for (const asked of rootFields(schema)) {
    for (const { path, type } of positionsOf(asked.field)) {
      if (type.name !== 'String' && type.name !== 'ID') continue;
      for (const text of ['a\u0000b', '\ud800']) {
        const choose = (position: { path: string }) => (position.path === path ? text : undefined);
        const { errors = [] } = await askAs(
          caller,
          operationFor(asked, { choose, targets: [path] }),
        );
        const codes = errors.map(({ extensions }) => extensions['code']);
        if (codes.includes('INTERNAL')) failures.push(`${path} of ${asked.field.name}`);
      }
    }
  }
  expect(failures).toEqual([]);
});
