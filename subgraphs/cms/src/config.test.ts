import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from './config.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cms-config-'));
});
afterAll(() => rm(folder, { recursive: true }));

const read = (env: Record<string, string>) =>
  readConfig({ CMS_DATABASE_URL: 'postgres://localhost/cms', DATA_DIR: folder, ...env });

test('ended URLs are reported only with a secret that signs the reports', async () => {
  const CDN_PURGE_URL = 'https://cdn.test/purge';
  const secrets = [7, 9].map((byte) => `whsec_${Buffer.alloc(24, byte).toString('base64')}`);
  expect(await read({})).toMatchObject({ cdn: null, mediaMaxAgeSeconds: 31_536_000 });
  expect(await read({ CDN_PURGE_URL, CDN_PURGE_SECRET: secrets.join() })).toMatchObject({
    cdn: { url: CDN_PURGE_URL, secrets },
  });
  await expect(read({ CDN_PURGE_URL })).rejects.toThrow(
    'CDN_PURGE_SECRET: must be set with CDN_PURGE_URL, whose requests it signs',
  );
  await expect(read({ CDN_PURGE_URL, CDN_PURGE_SECRET: 'short' })).rejects.toThrow(
    'CDN_PURGE_SECRET: must be whsec_ and at least 24 bytes in base64',
  );
  await expect(read({ MEDIA_MAX_AGE_SECONDS: '-1' })).rejects.toThrow('MEDIA_MAX_AGE_SECONDS');
});

test('without settings it has a default port and keeps files in the data folder', async () => {
  expect(await read({})).toMatchObject({
    host: '127.0.0.1',
    port: 4001,
    storage: {
      location: { kind: 'disk', root: join(folder, 'media') },
      scratchFolder: join(folder, 'media', 'staging'),
      cacheFolder: join(folder, 'cache'),
    },
    publicMediaUrl: undefined,
    uploadMaxBytes: 5 * 2 ** 30,
    uploadPace: { minBytesPerSecond: 16_384, windowMs: 30_000, totalMs: 3_600_000 },
    uploadSlots: 512,
    imageMaxPixels: 50_000_000,
    storeQuotaBytes: null,
    trashRetentionDays: 30,
    auditRetentionDays: 0,
    importTimeoutMs: 8_000,
  });
});

test('reports all invalid settings at once', async () => {
  const wrong = {
    CMS_PORT: 'many',
    STORAGE_URL: 's3://A',
    PUBLIC_MEDIA_URL: 'ftp://media',
    UPLOAD_URL: 'uploads',
    UPLOAD_ROUTE: 'fast',
    UPLOAD_MAX_BYTES: 'big',
    UPLOAD_MIN_BYTES_PER_SECOND: 'slow',
    UPLOAD_TIMEOUT_MS: '0',
    CMS_UPLOADS: '0',
    IMAGE_MAX_PIXELS: '-1',
  };
  await expect(readConfig(wrong)).rejects.toMatchObject({
    problems: expect.toSatisfy((problems: string[]) =>
      [...Object.keys(wrong), 'CMS_DATABASE_URL'].every((name) =>
        problems.some((problem) => problem.startsWith(`${name}: `)),
      ),
    ),
  });
});

test('uploads have a separate base, by default that of the media; both may have a path, and nothing else', async () => {
  const media = 'https://cdn.example/media/';
  expect(await read({ PUBLIC_MEDIA_URL: media })).toMatchObject({
    publicMediaUrl: 'https://cdn.example/media',
    uploadUrl: 'https://cdn.example/media',
  });
  const uploads = 'https://uploads.example:8443/to/cms';
  expect(await read({ PUBLIC_MEDIA_URL: media, UPLOAD_URL: uploads })).toMatchObject({
    publicMediaUrl: 'https://cdn.example/media',
    uploadUrl: uploads,
  });
  for (const wrong of ['https://a.example/?b', 'https://a.example/#b', 'https://u:p@a.example']) {
    for (const name of ['UPLOAD_URL', 'PUBLIC_MEDIA_URL'])
      await expect(read({ [name]: wrong }), `${name}=${wrong}`).rejects.toMatchObject({
        problems: [expect.stringMatching(`^${name}: must not have credentials`)],
      });
  }
});

test('stages uploads next to the objects on a disk, and in a scratch folder for a bucket', async () => {
  const { storage: disk } = await read({ STORAGE_URL: 'file:///var/media', SCRATCH_DIR: '/fast' });
  expect(disk).toMatchObject({
    location: { kind: 'disk', root: '/var/media' },
    scratchFolder: '/var/media/staging',
  });
  const { storage: bucket } = await read({ STORAGE_URL: 's3://bucket' });
  expect(bucket).toMatchObject({
    location: { kind: 's3', bucket: 'bucket' },
    scratchFolder: join(folder, 'scratch', 'staging'),
  });
  const folders = { SCRATCH_DIR: '/fast', CACHE_DIR: '/large', CACHE_MAX_BYTES: '2 GB' };
  expect(await read({ STORAGE_URL: 's3://bucket', ...folders })).toMatchObject({
    storage: { scratchFolder: '/fast/staging', cacheFolder: '/large', cacheMaxBytes: 2e9 },
  });
});

test('refuses a delivery that the storage cannot do, and a fallback that is the storage itself', async () => {
  const [bucket, folderUrl] = ['s3://bucket', 'file:///var/media'];
  expect(await read({})).toMatchObject({ storage: { delivery: 'stream', fallback: null } });
  const fine = { STORAGE_URL: bucket, DELIVERY: 'redirect', STORAGE_FALLBACK_URL: folderUrl };
  expect(await read(fine)).toMatchObject({
    storage: { delivery: 'redirect', fallback: { kind: 'disk', root: '/var/media' } },
  });
  const wrong: [Record<string, string>, string][] = [
    [{ DELIVERY: 'redirect' }, 'DELIVERY: redirect needs a bucket'],
    [{ DELIVERY: 'redirect', STORAGE_URL: folderUrl }, 'DELIVERY: redirect needs a bucket'],
    [{ DELIVERY: 'accel', STORAGE_URL: bucket }, 'DELIVERY: accel needs a folder'],
    [{ DELIVERY: 'nginx' }, 'DELIVERY: must be one of stream, redirect, accel'],
    [{ STORAGE_URL: bucket, STORAGE_FALLBACK_URL: `${bucket}/` }, 'must be another storage'],
  ];
  for (const [env, message] of wrong) await expect(read(env)).rejects.toThrow(message);
});

test('behind a pooler in transaction mode it requires the URL of the database itself', async () => {
  const [url, directUrl] = ['postgres://pooler/cms', 'postgres://database/cms'];
  expect(await read({ CMS_DATABASE_URL: url, CMS_DATABASE_DIRECT_URL: directUrl })).toMatchObject({
    database: { url, directUrl: url, isPooled: false },
  });
  const pooled = { CMS_DATABASE_URL: url, DATABASE_POOLER: 'transaction' };
  expect(await read({ ...pooled, CMS_DATABASE_DIRECT_URL: directUrl })).toMatchObject({
    database: { url, directUrl, isPooled: true },
  });
  for (const wrong of [{}, { CMS_DATABASE_DIRECT_URL: url }]) {
    await expect(read({ ...pooled, ...wrong })).rejects.toThrow('CMS_DATABASE_DIRECT_URL: must be');
  }
  await expect(read({ DATABASE_POOLER: 'session' })).rejects.toThrow('DATABASE_POOLER: must be');
});

test('the least rate of uploads can be turned off', async () => {
  expect(await read({ UPLOAD_MIN_BYTES_PER_SECOND: '0' })).toMatchObject({
    uploadPace: { minBytesPerSecond: 0 },
  });
});

test('requires secrets in production', async () => {
  await expect(read({ NODE_ENV: 'production' })).rejects.toThrow('INTERNAL_SECRET');
});

test('normalizes hosts that imports may fetch from', async () => {
  const given = 'Files.Intranet:8080, 10.0.0.1:80, [::1]:81, ::1:82, 0::1:83,';
  expect(await read({ IMPORT_ALLOWED_HOSTS: given })).toMatchObject({
    importAllowedHosts: new Set([
      'files.intranet:8080',
      '10.0.0.1:80',
      '::1:81',
      '::1:82',
      '::1:83',
    ]),
  });
  expect(await read({})).toMatchObject({ importAllowedHosts: new Set() });
});

const ENDPOINTS = 'must list hosts with their ports, such as files.intranet:8080';

test.each([
  'files.intranet',
  'files.intranet:0',
  'files.intranet:65536',
  'files.intranet:http',
  'http://files.intranet:80',
  'me@files.intranet:80',
  'files.intranet:80/photos',
  '*.intranet:80',
  '[::1]',
  ':80',
])('rejects the host %s', async (host) => {
  await expect(read({ IMPORT_ALLOWED_HOSTS: `files.test:80,${host}` })).rejects.toMatchObject({
    problems: [`IMPORT_ALLOWED_HOSTS: ${ENDPOINTS}; invalid: ${host}`],
  });
});

test.each(['soon', '0', '-1', '1.5', '86400001', 'Infinity'])(
  'rejects an import timeout of %s milliseconds',
  async (IMPORT_TIMEOUT_MS) => {
    await expect(read({ IMPORT_TIMEOUT_MS })).rejects.toMatchObject({
      problems: [expect.stringMatching(/^IMPORT_TIMEOUT_MS: /)],
    });
  },
);

test('reads the import timeout', async () => {
  expect(await read({ IMPORT_TIMEOUT_MS: '2500' })).toMatchObject({ importTimeoutMs: 2_500 });
});

test('reads the quota of stores', async () => {
  expect(await read({ STORE_QUOTA_BYTES: '10 GiB' })).toMatchObject({
    storeQuotaBytes: 10 * 2 ** 30,
  });
  expect(await read({ STORE_QUOTA_BYTES: '1' })).toMatchObject({ storeQuotaBytes: 1 });
});

test.each(['plenty', '0', '-1', '10 parsecs', '1e9', '99999999 TB'])(
  'rejects a quota of %s',
  async (STORE_QUOTA_BYTES) => {
    await expect(read({ STORE_QUOTA_BYTES })).rejects.toMatchObject({
      problems: [expect.stringMatching(/^STORE_QUOTA_BYTES: /)],
    });
  },
);

test('accepts documents with macros only if ACCEPT_MACROS is true', async () => {
  expect((await read({})).acceptance.acceptsMacros).toBe(false);
  expect((await read({ ACCEPT_MACROS: 'true' })).acceptance.acceptsMacros).toBe(true);
  await expect(read({ ACCEPT_MACROS: 'some' })).rejects.toThrow('ACCEPT_MACROS');
});

test('accepts the types in ACCEPTED_TYPES', async () => {
  expect((await read({ ACCEPTED_TYPES: 'pdf' })).acceptance.extensions).toEqual(['pdf']);
  expect((await read({})).acceptance.extensions).toContain('docx');
});
