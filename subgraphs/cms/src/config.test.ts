import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from './config.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cms-config-'));
});
afterAll(() => rm(folder, { recursive: true }));

const read = (env: Record<string, string>) =>
  readConfig({ CMS_DATABASE_URL: 'postgres://localhost/cms', DATA_DIR: folder, ...env });

test('without settings it has a default port and keeps files in the data folder', async () => {
  expect(await read({})).toMatchObject({
    host: '127.0.0.1',
    port: 4001,
    storageRoot: join(folder, 'media'),
    publicMediaUrl: undefined,
    uploadMaxBytes: 5 * 2 ** 30,
    imageMaxPixels: 50_000_000,
    storeQuotaBytes: null,
    trashRetentionDays: 30,
    importTimeoutMs: 8_000,
  });
});

test('reports all invalid settings at once', async () => {
  const wrong = {
    CMS_PORT: 'many',
    STORAGE_URL: 's3://bucket',
    PUBLIC_MEDIA_URL: 'ftp://media',
    UPLOAD_MAX_BYTES: 'big',
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

test.each([
  ['file:///var/media', '/var/media'],
  ['file:///var/my%20media', '/var/my media'],
  ['file:media', resolve('media')],
])('the storage URL %s is the folder %s', async (url, storageRoot) => {
  expect(await read({ STORAGE_URL: url })).toMatchObject({ storageRoot });
});

test.each(['file:', 'file://host/media', '/var/media'])(
  'rejects the storage URL %s',
  async (url) => {
    await expect(read({ STORAGE_URL: url })).rejects.toThrow('STORAGE_URL');
  },
);

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
