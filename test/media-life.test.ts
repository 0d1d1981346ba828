import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Graph, openGraph } from './support/graph.ts';
import { plainJpeg } from './support/pictures.ts';
import { type SharedStack, openSharedStack } from './support/shared-stack.ts';

const FILE = `id version originalFilename folder tags altText(locale: "fr-CA") url checksum trashedAt
  contentVersions { number checksum current }`;
const File = z.object({
  id: z.string(),
  version: z.number(),
  originalFilename: z.string(),
  folder: z.string(),
  tags: z.array(z.string()),
  altText: z.string().nullable(),
  url: z.string().nullable(),
  checksum: z.string(),
  trashedAt: z.string().nullable(),
  contentVersions: z.array(
    z.object({ number: z.number(), checksum: z.string(), current: z.boolean() }),
  ),
});
type File = z.output<typeof File>;

const STORE = 'media-life';

let stack: SharedStack;
let graph: Graph;
let first: Buffer;
let second: Buffer;
let uploaded: File;
let replaced: File;

beforeAll(async () => {
  stack = await openSharedStack();
  graph = await openGraph(stack, STORE);
  [first, second] = await Promise.all([plainJpeg(10), plainJpeg(240)]);
});

// The life of one file through the gateway, in this order.

test('a file is uploaded next to another one', async () => {
  const { mediaFile } = await graph.upload(first, { filename: 'Überblick Strand.jpg' });
  await graph.upload(await plainJpeg(77), { filename: 'mountain.jpg' });
  uploaded = await read(mediaFile!.id);
  expect(uploaded.checksum).toBe(sha256(first));
  expect(await served(uploaded)).toEqual(first);
});

test('it is edited, and found by its texts, ignoring accents and case', async () => {
  const { mediaFile } = await change('updateMedia', 'UpdateMediaInput', {
    id: uploaded.id,
    version: uploaded.version,
    details: {
      folder: '/season//summer/',
      tags: ['sea', 'sand'],
      altTexts: [{ locale: 'fr', text: 'La plage à midi' }],
    },
  });
  expect(mediaFile).toMatchObject({
    version: uploaded.version + 1,
    folder: 'season/summer',
    altText: 'La plage à midi',
  });
  expect(await search('uber STRAND')).toEqual([uploaded.id]);
  expect(await search('plage a')).toEqual([uploaded.id]);
  expect(await search('sand')).toEqual([uploaded.id]);
  expect(await search('nowhere')).toEqual([]);
  const { data } = await graph.ask('{ mediaFolders { path parentPath mediaCount } }');
  expect(data).toEqual({
    mediaFolders: [
      { path: 'general', parentPath: null, mediaCount: 1 },
      { path: 'season', parentPath: null, mediaCount: 0 },
      { path: 'season/summer', parentPath: 'season', mediaCount: 1 },
    ],
  });
});

test('an invalid value is an error of the caller, in the query and in variables', async () => {
  const given = await graph.ask(`{ mediaFile(id: "${uploaded.id}") { altText(locale: "!") } }`);
  const query = 'query ($l: Locale) { mediaFile(id: "x") { altText(locale: $l) } }';
  const sent = await graph.ask(query, { l: '!' });
  for (const { errors } of [given, sent]) {
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  }
});

test('an outdated version cannot overwrite the edit', async () => {
  const stale = { id: uploaded.id, version: uploaded.version };
  const { userErrors } = await change('updateMedia', 'UpdateMediaInput', {
    ...stale,
    details: { folder: 'mine' },
  });
  expect(userErrors).toMatchObject([{ code: 'CONFLICT', field: ['input', 'version'] }]);
});

test('its bytes are replaced: the id stays, the URL changes, the old URL never serves the new bytes', async () => {
  await replace(second);
  replaced = await read(uploaded.id);
  expect(replaced.checksum).toBe(sha256(second));
  expect(replaced.contentVersions).toEqual([
    { number: 2, checksum: sha256(second), current: true },
    { number: 1, checksum: sha256(first), current: false },
  ]);
  expect(replaced.url).not.toBe(uploaded.url);
  expect(await served(replaced)).toEqual(second);
  expect(await served(uploaded)).toEqual(first);
});

test('its previous bytes are restored', async () => {
  const { mediaFile } = await change('restoreMediaContent', 'RestoreMediaContentInput', {
    id: uploaded.id,
    number: 1,
  });
  expect(mediaFile?.checksum).toBe(sha256(first));
  expect(await served(mediaFile!)).toEqual(first);
});

test('in the trash it is not in the library, and its URLs return no bytes', async () => {
  const { mediaFile } = await change('deleteMedia', 'DeleteMediaInput', { id: uploaded.id });
  expect(mediaFile).toMatchObject({ url: null, trashedAt: expect.any(String) });
  expect(await search('strand')).toEqual([]);
  for (const { url } of [uploaded, replaced]) {
    await expect.poll(async () => (await fetch(url!)).status).toBe(404);
  }
});

test('it is restored with its URLs', async () => {
  const { mediaFile } = await change('restoreMedia', 'MediaIdInput', { id: uploaded.id });
  expect(mediaFile?.trashedAt).toBeNull();
  expect(await search('strand')).toEqual([uploaded.id]);
  expect(await served(uploaded)).toEqual(first);
});

test('it can only be purged from the trash, and its bytes are then deleted permanently', async () => {
  const purge = async () => {
    const { data } = await graph.ask(
      'mutation ($id: ID!) { purgeMedia(input: { id: $id }) { purgedId userErrors { code } } }',
      { id: uploaded.id },
    );
    return data?.['purgeMedia'];
  };
  expect(await purge()).toEqual({ purgedId: null, userErrors: [{ code: 'INVALID' }] });
  const [, before] = [
    await change('deleteMedia', 'DeleteMediaInput', { id: uploaded.id }),
    await quota(),
  ];
  expect(await purge()).toEqual({ purgedId: uploaded.id, userErrors: [] });
  expect((await graph.ask(`{ mediaFile(id: "${uploaded.id}") { id } }`)).data).toEqual({
    mediaFile: null,
  });
  expect(await quota()).toEqual({
    usedBytes: before.usedBytes - first.length - second.length,
    fileCount: before.fileCount - 1,
  });
  await expect.poll(objects).toHaveLength(1);
});

async function read(id: string): Promise<File> {
  const { data } = await graph.ask(`query ($id: ID!) { mediaFile(id: $id) { ${FILE} } }`, { id });
  return File.parse(data?.['mediaFile']);
}

const Payload = z.object({ mediaFile: File.nullable(), userErrors: z.array(z.unknown()) });

async function change(mutation: string, inputType: string, input: object) {
  const query = `mutation ($input: ${inputType}!) {
    ${mutation}(input: $input) { mediaFile { ${FILE} } userErrors { code field } }
  }`;
  const { data, errors } = await graph.ask(query, { input });
  return Payload.parse(data?.[mutation] ?? errors);
}

async function replace(bytes: Buffer) {
  const replaced = { data: { replaceMediaContent: { userErrors: [] } } };
  expect(await graph.replace(uploaded.id, bytes)).toEqual(replaced);
}

async function search(words: string): Promise<string[]> {
  const query =
    'query ($words: String!) { mediaLibrary(filter: { search: $words }) { nodes { id } totalCount } }';
  const { data } = await graph.ask(query, { words });
  const { nodes, totalCount } = z
    .object({ nodes: z.array(z.object({ id: z.string() })), totalCount: z.number() })
    .parse(data?.['mediaLibrary']);
  expect(totalCount).toBe(nodes.length);
  return nodes.map(({ id }) => id);
}

async function quota() {
  const { data } = await graph.ask('{ mediaQuota { usedBytes fileCount } }');
  return z.object({ usedBytes: z.number(), fileCount: z.number() }).parse(data?.['mediaQuota']);
}

async function served({ url }: Pick<File, 'url'>): Promise<Buffer> {
  const response = await fetch(url!);
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

async function objects() {
  const folder = join(stack.dataDir, 'media/objects', STORE);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile());
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
