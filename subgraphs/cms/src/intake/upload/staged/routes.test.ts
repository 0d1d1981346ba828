import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawJpeg } from '../../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../../files/media-file/testing/running-cms.ts';
import { type StagedClient, createStagedClient } from '../testing/staged-client.ts';

let cms: RunningCms;
let client: StagedClient;
beforeAll(async () => {
  cms = await runCms();
  client = createStagedClient(cms);
});
afterAll(() => cms.close());

const files = async () => (await cms.traces()).files;

test('a page can read an internal error, without details, and may send again', async () => {
  const jpeg = await drawJpeg();
  const { id, url } = await client.stage(jpeg);
  const before = await files();
  await cms.store.pool.query('ALTER TABLE uploads RENAME TO uploads_away');
  const result = await client.put(url, jpeg);
  await cms.store.pool.query('ALTER TABLE uploads_away RENAME TO uploads');
  expect(result.status).toBe(500);
  expect(await result.text()).not.toMatch(/uploads/);
  expect(result.headers.get('access-control-allow-origin')).toBe('*');
  expect(result.headers.get('cache-control')).toBe('no-store');
  expect(await files()).toEqual(before);
  expect((await client.put(url, jpeg)).status).toBe(200);
  expect((await client.complete({ id })).mediaFile).toMatchObject({ id });
});
