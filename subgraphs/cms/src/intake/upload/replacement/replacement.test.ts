import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawJpeg } from '../../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../../files/media-file/testing/running-cms.ts';

const FILE = `id version originalFilename filename mimeType width height fileSize checksum url
  contentVersions { number checksum current }`;
const REPLACE = `mutation ($input: ReplaceMediaContentInput!) {
  replaceMediaContent(input: $input) { mediaFile { ${FILE} } userErrors { code field } }
}`;
const UNKNOWN_ID = '01890a5d-ac96-774b-bcce-b302099a8057';

let cms: RunningCms;
beforeAll(async () => {
  cms = await runCms({ uploadMaxBytes: 8_000_000 });
});
afterAll(() => cms.close());

type Bytes = Uint8Array<ArrayBuffer>;
const sha256 = (bytes: Bytes) => createHash('sha256').update(bytes).digest('hex');
const png = async (width = 20, height = 10): Promise<Bytes> => {
  const background = { r: Math.floor(Math.random() * 256), g: 9, b: 9 };
  const create = { width, height, channels: 3, background } as const;
  return new Uint8Array(await sharp({ create }).png().toBuffer());
};
const upload = async (name = 'photo.jpg', storeId = 'ours'): Promise<string> =>
  (await cms.upload(await drawJpeg(), { name, storeId })).mediaFile.id;

async function replace(input: object, bytes: Bytes, name = 'new') {
  const files = { 'variables.input.file': new File([bytes], name) };
  const { data, errors } = await cms.graphql(
    REPLACE,
    { input: { ...input, file: null } },
    { files },
  );
  if (errors) throw new Error(JSON.stringify(errors));
  return data!['replaceMediaContent'];
}
async function mutate(field: string, type: string, input: object) {
  const query = `mutation ($input: ${type}!) { ${field}(input: $input) { mediaFile { ${FILE} } userErrors { code field } } }`;
  const { data, errors } = await cms.graphql(query, { input });
  if (errors) throw new Error(JSON.stringify(errors));
  return data![field];
}
const read = async (id: string) =>
  (await cms.graphql(`query ($id: ID!) { mediaFile(id: $id) { ${FILE} } }`, { id })).data![
    'mediaFile'
  ];
const bytesAt = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer());

test('changes everything that describes the bytes, and the extension of the name', async () => {
  const id = await upload('photo.of.me.jpg');
  const before = await read(id);
  const bytes = await png(20, 10);
  const { mediaFile, userErrors } = await replace({ id, version: 1 }, bytes, 'other.png');
  expect(userErrors).toEqual([]);
  expect(mediaFile).toMatchObject({
    id,
    version: 2,
    originalFilename: 'photo.of.me.png',
    filename: `${id}.png`,
    mimeType: 'image/png',
    width: 20,
    height: 10,
    fileSize: bytes.length,
    checksum: sha256(bytes),
    contentVersions: [
      { number: 2, checksum: sha256(bytes), current: true },
      { number: 1, checksum: before.checksum, current: false },
    ],
  });
  expect(mediaFile).toEqual(await read(id));
  expect(await bytesAt(mediaFile.url)).toEqual(bytes);
  expect(sha256(await bytesAt(before.url))).toBe(before.checksum);
  const { rows } = await cms.store.pool.query(
    `SELECT actor, changes FROM audit_entries WHERE media_id = $1 AND action = 'contentReplaced'`,
    [id],
  );
  expect(rows[0].actor).toBe('someone');
  expect(rows[0].changes).toEqual(
    expect.arrayContaining([
      { field: 'originalFilename', before: 'photo.of.me.jpg', after: 'photo.of.me.png' },
      { field: 'contentNumber', before: '1', after: '2' },
      { field: 'checksum', before: before.checksum, after: sha256(bytes) },
    ]),
  );
});

test('keeps a name without an extension or with a matching one', async () => {
  const [bare, fitting] = [await upload('photo'), await upload('photo.JPEG')];
  expect((await replace({ id: bare }, await png())).mediaFile.originalFilename).toBe('photo');
  const { mediaFile } = await replace({ id: fitting }, await drawJpeg());
  expect(mediaFile.originalFilename).toBe('photo.JPEG');
});

test('can restore former bytes under a matching name, and gives the next ones a new number', async () => {
  const id = await upload('photo.jpg');
  await replace({ id }, await png());
  const back = await mutate('restoreMediaContent', 'RestoreMediaContentInput', { id, number: 1 });
  expect(back.mediaFile).toMatchObject({ mimeType: 'image/jpeg', originalFilename: 'photo.jpg' });
  const { mediaFile } = await replace({ id }, await png());
  expect(mediaFile.contentVersions.map(({ number }: { number: number }) => number)).toEqual([
    3, 2, 1,
  ]);
});

test('the same bytes change nothing, even without any space left', async () => {
  const bytes = await drawJpeg();
  const { id } = (await cms.upload(bytes, { storeId: 'ours' })).mediaFile;
  const before = await read(id);
  await cms.store.pool.query("UPDATE stores SET quota_bytes = used_bytes WHERE id = 'ours'");
  const traces = await cms.traces();
  expect(await replace({ id }, bytes)).toEqual({ mediaFile: before, userErrors: [] });
  expect(await replace({ id }, await drawJpeg())).toEqual({
    mediaFile: null,
    userErrors: [{ code: 'QUOTA_EXCEEDED', field: ['input', 'file'] }],
  });
  await cms.store.pool.query("UPDATE stores SET quota_bytes = NULL WHERE id = 'ours'");
  expect(await read(id)).toEqual(before);
  expect(await cms.traces()).toEqual(traces);
});

test('rejects what cannot be replaced, whatever is sent, and leaves nothing', async () => {
  const [id, trashed] = [await upload(), await upload()];
  const foreign = await upload('theirs.jpg', 'theirs');
  await mutate('deleteMedia', 'DeleteMediaInput', { id: trashed });
  const big = new Uint8Array(
    await sharp({
      create: {
        width: 1400,
        height: 1400,
        channels: 3,
        background: 'red',
        noise: { type: 'gaussian', mean: 128, sigma: 90 },
      },
    })
      .png({ compressionLevel: 0 })
      .toBuffer(),
  );
  const sound = new Uint8Array(
    await readFile(new URL('../../../testing/recordings/tone.mp3', import.meta.url)),
  );
  const traces = await cms.traces();
  for (const unknown of [UNKNOWN_ID, 'no id', '', foreign]) {
    const { userErrors } = await replace({ id: unknown }, big);
    expect(userErrors).toEqual([{ code: 'NOT_FOUND', field: ['input', 'id'] }]);
  }
  expect((await replace({ id, version: 7 }, big)).userErrors).toEqual([
    { code: 'CONFLICT', field: ['input', 'version'] },
  ]);
  expect((await replace({ id: trashed }, big)).userErrors).toEqual([
    { code: 'INVALID', field: ['input', 'id'] },
  ]);
  expect((await replace({ id }, sound, 'a.mp3')).userErrors).toEqual([
    { code: 'TYPE_MISMATCH', field: ['input', 'file'] },
  ]);
  const half = await drawJpeg(400, 400);
  expect((await replace({ id }, half.slice(0, half.length / 2))).userErrors).toEqual([
    { code: 'CORRUPT_FILE', field: ['input', 'file'] },
  ]);
  expect(await cms.traces()).toEqual(traces);
});

test('keeps both of two concurrent replacements, but only one for the same version', async () => {
  const [free, versioned] = [await upload(), await upload()];
  const [a, b] = [await drawJpeg(), await drawJpeg()];
  await Promise.all([replace({ id: free }, a), replace({ id: free }, b)]);
  expect((await read(free)).contentVersions).toHaveLength(3);
  const outcomes = await Promise.all([
    replace({ id: versioned, version: 1 }, a),
    replace({ id: versioned, version: 1 }, b),
  ]);
  const codes = outcomes.flatMap(({ userErrors }) =>
    userErrors.map(({ code }: { code: string }) => code),
  );
  expect(codes).toEqual(['CONFLICT']);
  expect((await read(versioned)).contentVersions).toHaveLength(2);
});

test('does not lose a concurrent change of details', async () => {
  const id = await upload();
  const [bytes, change] = [await drawJpeg(), { id, details: { folder: 'kept' } }];
  await Promise.all([replace({ id }, bytes), mutate('updateMedia', 'UpdateMediaInput', change)]);
  expect(await read(id)).toMatchObject({ version: 3, checksum: sha256(bytes) });
  const { rows } = await cms.store.pool.query('SELECT folder FROM media_files WHERE id = $1', [id]);
  expect(rows).toEqual([{ folder: 'kept' }]);
});

test('the versions of a file are read page by page', async () => {
  const { id } = (await cms.upload(await drawJpeg(), {})).mediaFile;
  for (let count = 0; count < 3; count += 1) await replace({ id }, await drawJpeg());
  const query = (page: string) =>
    `{ mediaFile(id: "${id}") { contentVersions${page} { number } } }`;
  const page = async (of: string) =>
    (await cms.graphql(query(of))).data!['mediaFile'].contentVersions.map(
      ({ number }: { number: number }) => number,
    );
  expect(await page('')).toEqual([4, 3, 2, 1]);
  expect(await page('(first: 3)')).toEqual([4, 3, 2]);
  expect(await page('(first: 3, before: 2)')).toEqual([1]);
  expect(await page('(before: 1)')).toEqual([]);
  expect(await page('(before: -2147483648)')).toEqual([]);
  for (const first of [0, 101, -1]) {
    const { errors } = await cms.graphql(query(`(first: ${first})`));
    expect(errors).toMatchObject([
      { message: 'first must be between 1 and 100.', extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  }
});

test('every version has a URL of its bytes and of renditions, until the file is in the trash', async () => {
  const first = await png(20, 10);
  const { id } = (await cms.upload(first, { name: 'first.png', type: 'image/png' })).mediaFile;
  const second = await drawJpeg();
  await replace({ id }, second, 'second.jpg');
  const versions = `query ($id: ID!) { mediaFile(id: $id) {
    url
    contentVersions { number url small: url(transform: { width: 8, format: PNG }) saved: url(download: true) }
  } }`;
  const { url, contentVersions } = (await cms.graphql(versions, { id })).data!['mediaFile'];
  const [newest, oldest] = contentVersions;
  expect(newest.url).toBe(url);
  for (const [version, bytes] of [
    [newest, second],
    [oldest, first],
  ] as const) {
    expect(await bytesAt(version.url)).toEqual(bytes);
    expect(await bytesAt(version.saved)).toEqual(bytes);
  }
  const sizes = await Promise.all(
    [newest, oldest].map(async ({ small }) => sharp(await bytesAt(small)).metadata()),
  );
  expect(sizes.map(({ width, height }) => [width, height])).toEqual([
    [8, 6],
    [8, 4],
  ]);

  await cms.graphql(`mutation { deleteMedia(input: { id: "${id}" }) { userErrors { code } } }`);
  const trashed = (await cms.graphql(versions, { id })).data!['mediaFile'].contentVersions;
  const none = { url: null, small: null, saved: null };
  expect(trashed).toMatchObject([none, none]);
  // The URL ends when the notification of the change arrives.
  await expect.poll(async () => (await fetch(oldest.url)).status, { timeout: 10_000 }).toBe(404);
});
