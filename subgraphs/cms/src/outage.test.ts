import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawJpeg } from './files/media-file/testing/draw-jpeg.ts';
import { createStagedClient } from './intake/upload/testing/staged-client.ts';
import { tusRequest } from './intake/upload/testing/tus-client.ts';
import { type RunningCms, runCms } from './files/media-file/testing/running-cms.ts';

const CREATE = `mutation ($id: ID!) {
  updateMedia(input: { id: $id, details: { title: "New" } }) { userErrors { code } }
}`;

let cms: RunningCms;
let file: { id: string; url: string };
beforeAll(async () => {
  cms = await runCms();
  ({ mediaFile: file } = await cms.upload(await drawJpeg()));
});
afterAll(() => cms.close());

const readiness = async () => (await fetch(`${cms.url}/health/ready`)).status;

/** Changes the default of new sessions and ends all others, as a failover does. */
async function setReadOnly(isReadOnly: boolean) {
  const client = new pg.Client({ connectionString: cms.store.pool.options.connectionString });
  await client.connect();
  await client.query('SET default_transaction_read_only = off');
  await client.query(`
    DO $$ BEGIN
      EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = ${isReadOnly ? 'on' : 'off'}', current_database());
    END $$`);
  await client.query(`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()`);
  await client.end();
}

test('while the database is read-only, the CMS is not ready and changes get OVERLOADED', async () => {
  expect(await readiness()).toBe(200);
  await setReadOnly(true);
  await expect.poll(readiness).toBe(503);
  expect(await cms.graphql('query ($id: ID!) { mediaFile(id: $id) { id } }', file)).toMatchObject({
    data: { mediaFile: { id: file.id } },
  });
  const changed = await cms.graphql(CREATE, file);
  expect(changed.errors).toMatchObject([
    {
      message: 'The database is read-only at the moment. Try again later.',
      extensions: { code: 'OVERLOADED' },
    },
  ]);
  const uploading = await drawJpeg();
  await expect(cms.upload(uploading)).rejects.toThrow('OVERLOADED');

  await setReadOnly(false);
  await expect.poll(readiness).toBe(200);
  expect(await cms.graphql(CREATE, file)).toMatchObject({
    data: { updateMedia: { userErrors: [] } },
  });
  await cms.upload(uploading);
});

test('without a free connection, a query gets OVERLOADED and an image 503 with Retry-After', async () => {
  const { mediaFile } = await cms.upload(await drawJpeg());
  const { pool } = cms.store;
  const held = await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()));
  const [answer, image] = await Promise.all([
    cms.graphql('query ($id: ID!) { mediaFile(id: $id) { id } }', mediaFile),
    fetch(mediaFile.url),
  ]);
  for (const client of held) client.release();
  expect(answer.errors).toMatchObject([{ extensions: { code: 'OVERLOADED' } }]);
  expect(image.status).toBe(503);
  expect(Number(image.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await image.json()).toMatchObject({ errors: [{ extensions: { code: 'OVERLOADED' } }] });
  expect((await fetch(mediaFile.url)).status).toBe(200);
});

/** Gives new connections another limit, and closes the others. */
async function limitStatements(statement_timeout: number) {
  const { pool } = cms.store;
  Object.assign(pool.options, { statement_timeout });
  while (pool.totalCount > 0) (await pool.connect()).release(true);
}

test('a statement that PostgreSQL ends is TIMEOUT, and 503 with Retry-After for bytes', async () => {
  const { mediaFile } = await cms.upload(await drawJpeg());
  const client = createStagedClient(cms);
  const jpeg = await drawJpeg();
  const put = await client.stage(jpeg);
  const tus = await client.stage(jpeg, { protocol: 'TUS' });
  const locker = new pg.Client({ connectionString: cms.store.database.url });
  await locker.connect();
  await locker.query('BEGIN; LOCK TABLE media_files, uploads IN ACCESS EXCLUSIVE MODE');
  const { statement_timeout: usual } = cms.store.pool.options;
  await limitStatements(300);
  const query = 'query ($id: ID!) { mediaFile(id: $id) { id } }';
  const answer = await cms.graphql(query, mediaFile);
  const responses = [
    await fetch(mediaFile.url),
    await client.put(put.url, jpeg, {}),
    await tusRequest('POST', tus.url, { 'upload-length': String(jpeg.length) }),
  ];
  await locker.query('ROLLBACK');
  await locker.end();
  await limitStatements(Number(usual));

  expect(answer).toMatchObject({
    data: { mediaFile: null },
    errors: [{ extensions: { code: 'TIMEOUT' } }],
  });
  for (const response of responses) {
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'TIMEOUT' } }] });
  }
  expect((await fetch(mediaFile.url)).status).toBe(200);
});
