import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { drawJpeg } from '../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../files/media-file/testing/running-cms.ts';

let cms: RunningCms;
beforeAll(async () => {
  cms = await runCms();
});
afterAll(() => cms.close());

async function mutate(name: string, type: string, input: object) {
  const query = `mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { code } } }`;
  const { data } = await cms.graphql(query, { input });
  expect(data![name].userErrors).toEqual([]);
}

const URL_FIELDS = 'url rendition: url(transform: { width: 20 }) srcSet(widths: [10])';

async function uploadAndFetch() {
  const { mediaFile } = await cms.upload(await drawJpeg());
  const id: string = mediaFile.id;
  const { data } = await cms.graphql(`{ mediaFile(id: "${id}") { ${URL_FIELDS} } }`);
  const { url, rendition, srcSet } = data!['mediaFile'];
  const urls = [url, rendition, String(srcSet).split(' ')[0]];
  expect(await statusOf(urls)).toEqual([200, 200, 200]);
  return { id, urls };
}

const statusOf = (urls: readonly string[]) =>
  Promise.all(urls.map(async (url) => (await fetch(url)).status));

/** The promise is five seconds; a notification is usually faster. */
const becomes = (urls: readonly string[], status: number) =>
  vi.waitFor(async () => expect(await statusOf(urls)).toEqual(urls.map(() => status)), 5_000);

test('in the trash all URLs stop working, and after a restore they work at once', async () => {
  const { id, urls } = await uploadAndFetch();
  await mutate('deleteMedia', 'DeleteMediaInput', { id });
  await becomes(urls, 404);
  await mutate('restoreMedia', 'MediaIdInput', { id });
  expect(await statusOf(urls)).toEqual([200, 200, 200]);
});

test('after a file was made private its old URLs stop working; new ones expire and are not cached', async () => {
  const { id, urls } = await uploadAndFetch();
  await mutate('updateMedia', 'UpdateMediaInput', { id, details: { visibility: 'PRIVATE' } });
  await becomes(urls, 403);
  const { data } = await cms.graphql(`{ mediaFile(id: "${id}") { ${URL_FIELDS} } }`);
  const { rendition } = data!['mediaFile'];
  expect(rendition).toMatch(/\?expires=\d+&signature=/);
  const response = await fetch(rendition);
  expect(response.status).toBe(200);
  expect(response.headers.get('cache-control')).toBe('private, no-store');

  await mutate('updateMedia', 'UpdateMediaInput', { id, details: { visibility: 'PUBLIC' } });
  await becomes(urls, 200);
});

test('after a purge all URLs stop working', async () => {
  const { id, urls } = await uploadAndFetch();
  await mutate('deleteMedia', 'DeleteMediaInput', { id });
  await mutate('purgeMedia', 'MediaIdInput', { id });
  await becomes(urls, 404);
});

test('a cached URL needs no statement', async () => {
  const { id, urls } = await uploadAndFetch();
  const stored = `media_renditions WHERE media_id = '${id}'`;
  await vi.waitFor(async () => expect(await cms.store.count(stored)).toBe(2));
  cms.store.statements.length = 0;
  expect(await statusOf(urls)).toEqual([200, 200, 200]);
  expect(cms.store.statements).toEqual([]);
});
