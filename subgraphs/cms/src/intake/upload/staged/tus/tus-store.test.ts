import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createUploadSlots } from '@federated-media/subgraph-kit/upload-slots';
import { Upload } from '@tus/server';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { drawJpeg } from '../../../../files/media-file/testing/draw-jpeg.ts';
import { runCms } from '../../../../files/media-file/testing/running-cms.ts';
import { createOtherProcess } from '../../testing/other-process.ts';
import { createStagedClient } from '../../testing/staged-client.ts';
import { tusRequest } from '../../testing/tus-client.ts';
import { TusStore } from './tus-store.ts';

test('bytes whose completion starts in the meantime are neither restarted nor removed', async () => {
  const cms = await runCms();
  onTestFinished(() => cms.close());
  const client = createStagedClient(cms);
  const jpeg = await drawJpeg();
  const { id, url } = await client.stage(jpeg, { protocol: 'TUS' });
  const sent = await tusRequest('PATCH', url, { 'upload-offset': '0' }, jpeg);
  expect(sent.status).toBe(204);

  const { stagedUploads, staging } = createOtherProcess(cms);
  const store = new TusStore({
    stagedUploads: {
      ...stagedUploads,
      async findResumable() {
        const found = await stagedUploads.findResumable(id);
        await stagedUploads.claim('ours', { id, stagedName: null });
        return found;
      },
    },
    staging,
    slots: createUploadSlots({ slots: 1, name: 'test', onFull: () => {} }),
    logger: pino({ level: 'silent' }),
  });
  const reopen = `UPDATE uploads SET state = 'STAGED'`;
  const restarting = store.create(new Upload({ id, size: jpeg.length, offset: 0 }));
  await expect(restarting).rejects.toMatchObject({ status_code: 409 });
  await cms.store.pool.query(reopen);
  await expect(store.remove(id)).rejects.toMatchObject({ status_code: 409 });
  await cms.store.pool.query(reopen);
  expect(await readdir(join(cms.folder, 'staging'))).toHaveLength(1);
  expect((await client.complete({ id })).mediaFile).toMatchObject({ id });
});
