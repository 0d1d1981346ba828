import { join } from 'node:path';
import { noObjectStore, startObjectStore } from '@federated-media/stack/testing/object-store';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { withStack } from '../stack.ts';
import { benchColdRenditions } from './cold-renditions.ts';
import { benchDelivery } from './delivery.ts';
import { createSide } from './sides.ts';
import { benchStagedUpload } from './staged.ts';
import { benchLargeUpload, benchSmallUploads } from './uploads.ts';

const CONNECTIONS = 8;
const SETTINGS = {
  LOG_LEVEL: 'warn',
  // A slow machine is no failure.
  REQUEST_TIMEOUT_MS: '600000',
};
/** `BENCH_STORAGE=small,renditions` selects some of them. */
const PARTS = ['small', 'renditions', 'delivery', 'large', 'staged'] as const;

/** Compares files in a bucket of Ceph's RADOS Gateway with files in a folder, in the same rounds. */
export async function run() {
  if (noObjectStore) throw new Error(noObjectStore);
  const selected = process.env['BENCH_STORAGE']?.split(',') ?? PARTS;
  const isSelected = (part: (typeof PARTS)[number]) => selected.includes(part);
  const store = await startObjectStore(await temporaryFolder());
  const bucketSettings = {
    ...SETTINGS,
    STORAGE_URL: await store.createBucket('bench'),
    AWS_ACCESS_KEY_ID: store.accessKeyId,
    AWS_SECRET_ACCESS_KEY: store.secretAccessKey,
    DELIVERY: 'redirect',
  };
  try {
    await withStack({ env: SETTINGS }, (diskStack) =>
      withStack({ env: bucketSettings }, async (bucketStack, { dataDir }) => {
        const disk = createSide('folder', diskStack, CONNECTIONS);
        const bucket = createSide('bucket', bucketStack, CONNECTIONS);
        const others = new Map([
          ['folder PostgreSQL', diskStack.postgres.pid],
          ['bucket PostgreSQL', bucketStack.postgres.pid],
          ['Ceph', store.pid],
        ]);
        const sides = { disk, bucket, others };
        if (isSelected('small')) await benchSmallUploads(sides);
        if (isSelected('renditions'))
          await benchColdRenditions({ ...sides, cacheFolder: join(dataDir, 'cache/entries') });
        if (isSelected('delivery')) await benchDelivery(sides);
        if (isSelected('large')) await benchLargeUpload(sides);
        if (isSelected('staged')) await benchStagedUpload(sides);
        await Promise.all([disk.gateway.close(), bucket.gateway.close()]);
      }),
    );
  } finally {
    await store.stop();
  }
}
