import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type RunningCms, runCms } from '../../files/media-file/testing/running-cms.ts';
import { jpeg } from '../../testing/images.ts';

let cms: RunningCms;
beforeAll(async () => {
  cms = await runCms({ uploadMaxBytes: 20_000_000, maxAdHocRenditions: 3 });
});
afterAll(() => cms.close());

async function upload(bytes: Uint8Array, input: object = {}): Promise<string> {
  const { mediaFile, userErrors } = await cms.upload(new Uint8Array(bytes), { input });
  expect(userErrors).toEqual([]);
  return mediaFile.id;
}

/** The fields of `selection` for a file. */
async function ask(id: string, selection: string) {
  const { data, errors } = await cms.graphql(`{ mediaFile(id: "${id}") { ${selection} } }`);
  expect(errors).toBeUndefined();
  return data!['mediaFile'];
}

async function get(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, bytes };
}

const kept = async (id: string) => {
  const names = await readdir(join(cms.folder, 'objects/ours', id)).catch(() => []);
  return names
    .flatMap((name) => {
      const [, recipe, extension] = /^rendition-1-(.*)-[0-9a-f]{64}\.(\w+)$/.exec(name) ?? [];
      return recipe === undefined ? [] : `${recipe} ${extension}`;
    })
    .toSorted();
};

test('renders a width of 400 in the smallest format that the client accepts', async () => {
  const id = await upload(await jpeg({ width: 800, height: 600 }));
  const { url } = await ask(id, 'url(transform: { width: 400 })');

  const plain = await get(url);
  expect(plain.status).toBe(200);
  expect(plain.headers.get('content-type')).toBe('image/jpeg');
  expect(plain.headers.get('vary')).toBe('Accept');
  expect(plain.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(plain.headers.get('x-content-type-options')).toBe('nosniff');
  expect(plain.headers.get('content-length')).toBe(`${plain.bytes.length}`);
  expect(await sharp(plain.bytes).metadata()).toMatchObject({ width: 400, height: 300 });

  const webp = await get(url, { accept: 'image/webp,image/*;q=0.8' });
  expect(webp.headers.get('content-type')).toBe('image/webp');
  const avif = await get(url, { accept: 'image/avif,image/webp,*/*;q=0.8' });
  expect(avif.headers.get('content-type')).toBe('image/avif');
  expect(await sharp(avif.bytes).metadata()).toMatchObject({ width: 400, height: 300 });

  const etag = webp.headers.get('etag')!;
  const again = await get(url, { accept: 'image/webp', 'if-none-match': etag });
  expect(again).toMatchObject({ status: 304, bytes: Buffer.alloc(0) });
  expect(again.headers.get('vary')).toBe('Accept');
  const head = await fetch(url, { method: 'HEAD', headers: { accept: 'image/webp' } });
  expect(head.headers.get('content-length')).toBe(`${webp.bytes.length}`);
  expect(head.headers.get('etag')).toBe(etag);
});

test('serves the requested format, and saves it under the original name', async () => {
  const id = await upload(await jpeg());
  const { url } = await ask(id, 'url(transform: { width: 40, format: PNG }, download: true)');
  const { headers } = await get(url, { accept: 'image/avif' });
  expect(headers.get('content-type')).toBe('image/png');
  expect(headers.get('vary')).toBeNull();
  expect(headers.get('content-disposition')).toBe('attachment; filename=beach.png');
});

test('srcSet lists the real width of each image, and all can be fetched', async () => {
  const id = await upload(await jpeg({ width: 500, height: 250 }));
  const { srcSet } = await ask(id, 'srcSet(widths: [100, 200, 900], transform: { format: WEBP })');
  const candidates = String(srcSet)
    .split(', ')
    .map((candidate) => candidate.split(' '));
  expect(candidates.map(([, width]) => width)).toEqual(['100w', '200w', '500w']);
  for (const [url = '', width = ''] of candidates) {
    const { bytes } = await get(url);
    expect((await sharp(bytes).metadata()).width).toBe(parseInt(width, 10));
  }
});

test('rejects an invalid transform with its field and renders nothing', async () => {
  const id = await upload(await jpeg());
  const query = `{ mediaFile(id: "${id}") { url(transform: { width: 99999 }) } }`;
  const { data, errors } = await cms.graphql(query);
  expect(data).toEqual({ mediaFile: { url: null } });
  expect(errors).toEqual([
    expect.objectContaining({
      path: ['mediaFile', 'url'],
      extensions: expect.objectContaining({
        code: 'BAD_USER_INPUT',
        field: ['transform', 'width'],
      }),
    }),
  ]);
});

test('renders once for a hundred concurrent requests', async () => {
  const id = await upload(await jpeg({ width: 1200, height: 900 }));
  const { url } = await ask(id, 'url(transform: { width: 300, format: WEBP })');
  cms.store.statements.length = 0;
  const responses = await Promise.all(Array.from({ length: 100 }, () => get(url)));
  expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
  expect(new Set(responses.map(({ headers }) => headers.get('etag'))).size).toBe(1);
  const stored = () => cms.store.statements.filter((sql) => sql.includes('keep_rendition'));
  await vi.waitFor(() => expect(stored()).toHaveLength(1));
  expect(await kept(id)).toEqual(['w300inside-webp webp']);
  // A cached rendition needs no statement.
  cms.store.statements.length = 0;
  expect((await get(url)).status).toBe(200);
  expect(cms.store.statements).toEqual([]);
});

test('keeps the most recently used ad hoc renditions of a file, and all presets', async () => {
  const id = await upload(await jpeg());
  const fetchOf = async (transform: string) => {
    const { url } = await ask(id, `url(transform: { ${transform}, format: WEBP })`);
    expect((await get(url)).status).toBe(200);
  };
  await fetchOf('preset: "thumbnail"');
  for (const width of [10, 20, 30, 40, 50]) {
    await fetchOf(`width: ${width}`);
    await vi.waitFor(async () => expect((await kept(id)).join()).toContain(`w${width}inside`));
  }
  await vi.waitFor(async () =>
    expect(await kept(id)).toEqual([
      'w200h200cover-webp webp',
      'w30inside-webp webp',
      'w40inside-webp webp',
      'w50inside-webp webp',
    ]),
  );
  expect(await cms.store.count(`media_renditions WHERE media_id = '${id}'`)).toBe(4);
});

test('renders again what the storage has lost', async () => {
  const id = await upload(await jpeg({ width: 2000, height: 1500 }));
  // Larger than what is kept in memory.
  const { url } = await ask(id, 'url(transform: { width: 2000, format: PNG })');
  const first = await get(url);
  expect(first.bytes.length).toBeGreaterThan(2 ** 20);
  const folder = join(cms.folder, 'objects/ours', id);
  for (const name of await readdir(folder)) {
    if (name.startsWith('rendition-')) await rm(join(folder, name));
  }
  const second = await get(url);
  expect(second).toMatchObject({ status: 200 });
  expect(second.bytes.equals(first.bytes)).toBe(true);
});

test('a purge deletes renditions', async () => {
  const id = await upload(await jpeg());
  const { url } = await ask(id, 'url(transform: { width: 40 })');
  await get(url);
  await vi.waitFor(async () => expect(await kept(id)).toHaveLength(1));
  for (const [mutation, type] of [
    ['deleteMedia', 'DeleteMediaInput'],
    ['purgeMedia', 'MediaIdInput'],
  ] as const) {
    const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { userErrors { code } } }`;
    await cms.graphql(query, { input: { id } });
  }
  await vi.waitFor(async () => expect(await kept(id)).toEqual([]));
  expect(await cms.store.count(`media_renditions WHERE media_id = '${id}'`)).toBe(0);
  expect((await get(url)).status).toBe(404);
});
