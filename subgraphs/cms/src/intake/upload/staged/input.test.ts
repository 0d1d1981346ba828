import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type RunningCms, runCms } from '../../../files/media-file/testing/running-cms.ts';
import { type StagedClient, createStagedClient } from '../testing/staged-client.ts';

const MAX_BYTES = 2_000_000;
const good = { filename: 'a.jpg', mimeType: 'image/jpeg', fileSize: 10 };

let cms: RunningCms;
let client: StagedClient;
beforeAll(async () => {
  cms = await runCms({ uploadMaxBytes: MAX_BYTES });
  client = createStagedClient(cms);
});
afterAll(() => cms.close());

test.each([
  ['no name', { filename: '' }, 'INVALID', 'filename'],
  ['a name of spaces', { filename: '  \u202E ' }, 'INVALID', 'filename'],
  ['a name that is too long', { filename: `${'a'.repeat(10_000)}.jpg` }, 'INVALID', 'filename'],
  ['an unknown type', { mimeType: 'image/unheard-of' }, 'UNSUPPORTED_TYPE', 'mimeType'],
  ['no type', { mimeType: '' }, 'UNSUPPORTED_TYPE', 'mimeType'],
  ['a page', { mimeType: 'text/html' }, 'UNSUPPORTED_TYPE', 'mimeType'],
  [
    'bytes whose name has the extension of a rejected type',
    { filename: 'a.exe', mimeType: 'application/octet-stream' },
    'UNSUPPORTED_TYPE',
    'mimeType',
  ],
  ['a type with a NUL', { mimeType: 'image/jpeg\0' }, 'UNSUPPORTED_TYPE', 'mimeType'],
  ['a very long type', { mimeType: 'image/'.repeat(2_000) }, 'UNSUPPORTED_TYPE', 'mimeType'],
  ['a type that contradicts the name', { filename: 'a.png' }, 'TYPE_MISMATCH', 'mimeType'],
  [
    'a name with the extension of a rejected type',
    { filename: 'a.exe' },
    'TYPE_MISMATCH',
    'mimeType',
  ],
  ['an empty file', { fileSize: 0 }, 'EMPTY_FILE', 'fileSize'],
  ['a negative size', { fileSize: -1 }, 'INVALID', 'fileSize'],
  ['one byte over the limit', { fileSize: MAX_BYTES + 1 }, 'FILE_TOO_LARGE', 'fileSize'],
  ['the largest number', { fileSize: Number.MAX_SAFE_INTEGER }, 'FILE_TOO_LARGE', 'fileSize'],
  ['an invalid checksum', { checksum: 'z'.repeat(64) }, 'INVALID', 'checksum'],
  ['a checksum of another algorithm', { checksum: 'a'.repeat(40) }, 'INVALID', 'checksum'],
  ['an empty checksum', { checksum: '' }, 'INVALID', 'checksum'],
  ['a checksum with a line end', { checksum: `${'a'.repeat(64)}\n` }, 'INVALID', 'checksum'],
])('rejects %s but not the next upload', async (_what, given, code, field) => {
  const before = await cms.store.count('uploads');
  const { data, errors } = await client.create([good, { ...good, ...given }]);
  expect(errors).toBeUndefined();
  expect(data!['createStagedUploads']).toMatchObject([
    { stagedUpload: { protocol: 'PUT' }, userErrors: [] },
    { stagedUpload: null, userErrors: [{ code, field: ['input', '1', field] }] },
  ]);
  expect(data!['createStagedUploads'][1].userErrors).toHaveLength(1);
  expect(await cms.store.count('uploads')).toBe(before + 1);
});

test.each([
  [{ filename: 'a.exe', mimeType: 'application/octet-stream' }, 'The extension .exe is not'],
  [{ filename: 'a.png', mimeType: 'image/unheard-of' }, 'The type "image/unheard-of" is not'],
])('says what of %j is not accepted', async (given, reason) => {
  const { data } = await client.create([{ ...good, ...given }]);
  expect(data!['createStagedUploads'][0].userErrors[0].message).toContain(reason);
});

test('an SVG has a lower size limit than other files', async () => {
  const withSpace = await runCms({ uploadMaxBytes: 10_000_000 });
  onTestFinished(() => withSpace.close());
  const drawing = { filename: 'a.svg', mimeType: 'image/svg+xml' };
  const { data } = await createStagedClient(withSpace).create([
    { ...drawing, fileSize: 5_000_000 },
    { ...drawing, fileSize: 5_000_001 },
    { ...good, fileSize: 5_000_001 },
  ]);
  expect(data!['createStagedUploads']).toMatchObject([
    { userErrors: [] },
    { stagedUpload: null, userErrors: [{ code: 'FILE_TOO_LARGE' }] },
    { userErrors: [] },
  ]);
});

test('a NUL or a lone surrogate never reaches the database', async () => {
  const { data, errors } = await client.create([
    { ...good, filename: 'a\0b.jpg' },
    { ...good, filename: 'a\uD800b.jpg' },
  ]);
  expect(errors).toBeUndefined();
  const names = await cms.store.pool.query(
    `SELECT original_filename AS name FROM uploads WHERE id = ANY($1::uuid[])`,
    [
      data!['createStagedUploads'].flatMap(
        (one: { stagedUpload: { id: string } | null }) => one.stagedUpload?.id ?? [],
      ),
    ],
  );
  for (const { name } of names.rows) expect(name).not.toMatch(/[\0\uD800]/);
});

test('a line end in a name or a type never reaches a header', async () => {
  const { data, errors } = await client.create([
    { ...good, filename: 'a\r\nset-cookie: b.jpg' },
    { ...good, mimeType: 'image/jpeg\r\nset-cookie: b' },
    { ...good, mimeType: 'image/jpeg;\r\nset-cookie: b' },
  ]);
  expect(errors).toBeUndefined();
  const [inName, inType, inParameter] = data!['createStagedUploads'];
  expect(inType).toMatchObject({ stagedUpload: null, userErrors: [{ code: 'UNSUPPORTED_TYPE' }] });
  for (const { stagedUpload } of [inName, inParameter]) {
    expect(stagedUpload.headers).toEqual([{ name: 'content-type', value: 'image/jpeg' }]);
  }
  const { rows } = await cms.store.pool.query(
    'SELECT original_filename AS name FROM uploads WHERE id = $1',
    [inName.stagedUpload.id],
  );
  expect(rows).toEqual([{ name: 'aset-cookie: b.jpg' }]);
});

test('reports all problems of an upload together', async () => {
  const { data } = await client.create([
    { filename: '', mimeType: 'no/type', fileSize: 0, checksum: 'x' },
  ]);
  const [{ stagedUpload, userErrors }] = data!['createStagedUploads'];
  expect(stagedUpload).toBeNull();
  expect(userErrors.map(({ field }: { field: string[] }) => field.at(-1))).toEqual([
    'filename',
    'mimeType',
    'fileSize',
    'checksum',
  ]);
});

test.each([
  ['a.jpg', 'application/octet-stream', 'application/octet-stream'],
  ['a', 'application/force-download', 'application/force-download'],
  ['a.jpg', 'image/jpeg, image/jpeg', 'image/jpeg'],
  ['a.webm', 'video/webm;codecs=vp8,opus', 'video/webm'],
])('accepts the name %j with the type %j', async (filename, mimeType, value) => {
  const { data } = await client.create([{ ...good, filename, mimeType }]);
  expect(data!['createStagedUploads']).toMatchObject([
    { stagedUpload: { headers: [{ name: 'content-type', value }] }, userErrors: [] },
  ]);
});

test('accepts the maximum size, and types with parameters in any case', async () => {
  const { data } = await client.create([
    { ...good, fileSize: MAX_BYTES },
    { ...good, mimeType: 'IMAGE/JPEG; charset=binary' },
    { ...good, checksum: 'a'.repeat(64) },
  ]);
  for (const result of data!['createStagedUploads']) {
    expect(result).toMatchObject({
      stagedUpload: { headers: [{ name: 'content-type', value: 'image/jpeg' }] },
      userErrors: [],
    });
  }
});

test('creates twenty uploads in one statement, each with its own URL that expires in an hour', async () => {
  cms.store.statements.length = 0;
  const { data } = await client.create(Array.from({ length: 20 }, () => good));
  const uploads = data!['createStagedUploads'].map(
    ({ stagedUpload }: { stagedUpload: { url: string; expiresAt: string } }) => stagedUpload,
  );
  expect(new Set(uploads.map(({ url }: { url: string }) => url)).size).toBe(20);
  for (const { expiresAt } of uploads) {
    const leftMs = Date.parse(expiresAt) - Date.now();
    expect(leftMs).toBeGreaterThan(50 * 60_000);
    expect(leftMs).toBeLessThan(61 * 60_000);
  }
  expect(cms.store.statements.filter((text) => text.includes('INTO uploads'))).toHaveLength(1);
});

test('a store can have two hundred open uploads; closed ones and those of other stores do not count', async () => {
  const twenty = Array.from({ length: 20 }, () => good);
  const storeId = 'waiting';
  for (let round = 0; round < 10; round += 1) {
    expect((await client.create(twenty, storeId)).errors).toBeUndefined();
  }
  const { data } = await client.create([good, good], storeId);
  expect(data!['createStagedUploads']).toMatchObject([
    { stagedUpload: null, userErrors: [{ code: 'QUOTA_EXCEEDED', field: ['input', '0'] }] },
    { stagedUpload: null, userErrors: [{ code: 'QUOTA_EXCEEDED', field: ['input', '1'] }] },
  ]);
  expect((await client.create([good], 'another')).errors).toBeUndefined();
  await cms.store.pool.query(
    `UPDATE uploads SET expires_at = now() WHERE id = (SELECT id FROM uploads WHERE store_id = $1 LIMIT 1)`,
    [storeId],
  );
  expect((await client.create([good], storeId)).errors).toBeUndefined();
});

test('rejects more than twenty uploads as a whole', async () => {
  const before = await cms.store.count('uploads');
  const { errors } = await client.create(Array.from({ length: 21 }, () => good));
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  expect(await cms.store.count('uploads')).toBe(before);
});

test('accepts an empty list', async () => {
  const { data } = await client.create([]);
  expect(data!['createStagedUploads']).toEqual([]);
});

test('rejects a size that exceeds the quota before any bytes are sent', async () => {
  await cms.store.pool.query(
    `INSERT INTO stores (id, quota_bytes) VALUES ('small', 100) ON CONFLICT (id) DO UPDATE SET quota_bytes = 100`,
  );
  const { data } = await client.create(
    [
      { ...good, fileSize: 100 },
      { ...good, fileSize: 101 },
    ],
    'small',
  );
  expect(data!['createStagedUploads']).toMatchObject([
    { userErrors: [] },
    {
      stagedUpload: null,
      userErrors: [{ code: 'QUOTA_EXCEEDED', field: ['input', '1', 'fileSize'] }],
    },
  ]);
});
