import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTestDatabase, type TestDatabase } from '@federated-media/stack/test-database';
import { withClient } from '@federated-media/migrations/databases';
import { afterAll, beforeAll, expect, test } from 'vitest';

const FILE_ID = '01890000-0000-7000-8000-000000000001';
const CHECKSUM = 'a'.repeat(64);
const KEY = `ours/${FILE_ID}/1-${CHECKSUM}.jpg`;

let database: TestDatabase;
let dataDir: string;
beforeAll(async () => {
  database = await createTestDatabase('cms');
  dataDir = await mkdtemp(join(tmpdir(), 'cms-command-'));
  await withClient(database.url, async (client) => {
    await client.query(`INSERT INTO stores (id, used_bytes, file_count) VALUES ('ours', 5, 1)`);
    const values = [FILE_ID, CHECKSUM, KEY];
    await client.query(
      `INSERT INTO media_files (id, store_id, filename, original_filename, media_type, mime_type,
         file_size, checksum, width, height, file_path, status)
       VALUES ($1, 'ours', 'a.jpg', 'a.jpg', 'IMAGE', 'image/jpeg', 5, $2, 1, 1, $3, 'READY')`,
      values,
    );
    await client.query(
      `INSERT INTO media_contents (media_id, number, store_id, filename, media_type, mime_type,
         file_size, checksum, width, height, file_path)
       VALUES ($1, 1, 'ours', 'a.jpg', 'IMAGE', 'image/jpeg', 5, $2, 1, 1, $3)`,
      values,
    );
  });
});
afterAll(async () => {
  await database.drop();
  await rm(dataDir, { recursive: true });
});

const objects = () => join(dataDir, 'media/objects');

async function put(key: string, hoursAgo: number) {
  const path = join(objects(), key);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, 'bytes');
  const at = new Date(Date.now() - hoursAgo * 3_600_000);
  await utimes(path, at, at);
}

test('verify reports differences and exits with 1, or reports none and exits with 0', async () => {
  expect(await cms('verify')).toEqual({
    code: 1,
    stdout: `missing       ${KEY}  content 1 of file ${FILE_ID}\n1 rows and 0 objects: 1 missing.\n`,
    stderr: '',
  });
  await put(KEY, 100);
  expect(await cms('verify')).toMatchObject({
    code: 0,
    stdout: '1 rows and 1 objects: no faults.\n',
  });
  expect(await cms('verify', '--checksums')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('1 rows and 1 objects, checksums verified: 1 checksum.'),
  });
});

test('sweep removes unreferenced objects, and a dry run does not', async () => {
  await put('ours/stray/1-a.jpg', 3);
  expect((await cms('sweep')).stdout).toBe('Removed 0 unreferenced objects of 0 bytes.\n');
  const dry = await cms('sweep', '--dry-run', '--grace-hours', '2');
  expect(dry.stdout).toContain('Would remove 1 unreferenced objects of 5 bytes.');
  expect(await readdir(join(objects(), 'ours'))).toHaveLength(2);
  const swept = await cms('sweep', '--grace-hours', '2');
  expect(swept).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^ours\/stray.*\nRemoved 1/),
  });
  expect(await readdir(join(objects(), 'ours'))).toEqual([FILE_ID]);
});

test('purge-trash purges old files, also on a new database', async () => {
  await withClient(database.url, (client) =>
    client.query(`UPDATE media_files SET trashed_at = now() - interval '10 days'`),
  );
  expect((await cms('purge-trash')).stdout).toMatch(/^Purged 0 files/);
  const dry = await cms('purge-trash', '--dry-run', '--older-than-days', '9');
  expect(dry.stdout).toBe('Would purge 1 files.\n');
  expect((await cms('purge-trash', '--older-than-days', '9')).stdout).toMatch(/^Purged 1 files/);
  const jobs = await withClient(database.url, (client) =>
    client.query('SELECT task_identifier FROM graphile_worker.jobs'),
  );
  expect(jobs.rows).toEqual([{ task_identifier: 'purged-objects' }]);
});

test('release-usages tells what it released', async () => {
  expect(await cms('release-usages', 'recipes', '--dry-run')).toEqual({
    code: 0,
    stdout: 'Would release 0 usages of recipes in 0 stores.\n',
    stderr: '',
  });
});

test('an invalid argument is reported on a line, and nothing else', async () => {
  expect(await cms('quota', 'ours', '20XB')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'cms: Invalid size "20XB". Write 20GiB, or default.\n',
  });
});

test.each([
  [[]],
  [['destroy']],
  [['release-usages']],
  [['verify', '--dry-run']],
  [['sweep', '--grace-hours', '-1']],
  [['sweep', '--grace-hours', 'soon']],
  [['purge-trash', '--older-than-days', '1.5']],
  [['verify', 'everything']],
])('prints the usage and exits with 2 for %j', async (args) => {
  const { code, stderr } = await cms(...args);
  expect(code).toBe(2);
  expect(stderr).toContain('pnpm cms verify [--checksums]');
});

async function cms(...args: string[]) {
  const script = join(import.meta.dirname, 'cms.ts');
  const env = {
    ...process.env,
    DATA_DIR: dataDir,
    CMS_DATABASE_URL: database.url,
    STORAGE_URL: '',
  };
  try {
    const run = promisify(execFile)(process.execPath, [script, ...args], { env });
    return { code: 0, ...(await run) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}
