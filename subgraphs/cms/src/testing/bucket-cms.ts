import { join } from 'node:path';
import type { ObjectStore } from '@federated-media/stack/testing/object-store';
import type { Logger } from 'pino';
import { openStorage } from '../storage/open-storage.ts';
import { readStorageUrl } from '../storage/storage-location.ts';

/** `openBytes` of a CMS in a new bucket. Each process has a separate folder on its machine. */
export async function openBucket(
  store: ObjectStore,
  {
    bucket,
    uploadRoute = 'direct',
    parameters = '',
  }: {
    bucket: string;
    uploadRoute?: 'direct' | 'cms';
    /** More of the storage URL. */
    parameters?: string;
  },
) {
  process.env['AWS_ACCESS_KEY_ID'] = store.accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = store.secretAccessKey;
  const location = readStorageUrl(`${await store.createBucket(bucket)}${parameters}`);
  let machines = 0;
  return (folder: string, logger: Logger) => {
    const machine = join(folder, `machine-${(machines += 1)}`);
    return openStorage(
      {
        fallback: null,
        delivery: 'stream',
        location,
        scratchFolder: join(machine, 'scratch'),
        cacheFolder: join(machine, 'cache'),
        cacheMaxBytes: 1e9,
        uploadRoute,
      },
      logger,
    );
  };
}
