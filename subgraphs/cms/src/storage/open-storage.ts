import { join } from 'node:path';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { openDiskStorage } from './disk-storage.ts';
import { withFallback } from './fallback-storage.ts';
import type { Delivery } from './handover.ts';
import { createLocalCache } from './local-cache.ts';
import { type Staging, createStaging } from './staging.ts';
import type { Storage } from './storage.ts';
import type { StorageLocation } from './storage-location.ts';

/** Where bytes are kept, and the folders of this machine that are used on the way. */
export interface StorageSettings {
  readonly location: StorageLocation;
  /** Where objects are that were not moved to `location` yet; null if all are there. */
  readonly fallback: StorageLocation | null;
  /** Who sends the bytes of originals. */
  readonly delivery: Delivery;
  /** Uploads that pass through this machine, until they are verified and published. */
  readonly scratchFolder: string;
  /** Copies of objects that are on another machine. */
  readonly cacheFolder: string;
  readonly cacheMaxBytes: number;
  /** With a bucket: whether clients PUT staged uploads into it, or to the CMS. */
  readonly uploadRoute: 'direct' | 'cms';
}

export interface OpenStorage {
  readonly storage: Storage;
  readonly staging: Staging;
}

/**
 * @throws SettingsError if a bucket cannot be used
 */
export async function openStorage(settings: StorageSettings, logger: Logger): Promise<OpenStorage> {
  const { location, fallback } = settings;
  const primary = await openLocation(location, settings, logger);
  const staging = await openStaging(settings, logger);
  if (!fallback) return { storage: primary, staging };
  return {
    storage: withFallback(primary, await openLocation(fallback, settings, logger)),
    staging,
  };
}

/**
 * @throws SettingsError if a bucket cannot be used
 */
export async function openLocation(
  location: StorageLocation,
  { cacheFolder, cacheMaxBytes }: Pick<StorageSettings, 'cacheFolder' | 'cacheMaxBytes'>,
  logger: Logger,
): Promise<Storage> {
  if (location.kind === 'disk') return openDiskStorage({ root: join(location.root, 'objects') });
  // Loaded only if they are used: they take 20 MB.
  const [{ createS3Client }, { checkBucket }, { openS3Storage }] = await Promise.all([
    import('./s3/s3-client.ts'),
    import('./s3/check-bucket.ts'),
    import('./s3/s3-storage.ts'),
  ]);
  const client = createS3Client(location);
  await checkBucket(client, { location, logger });
  const cache = createLocalCache({ dir: cacheFolder, maxBytes: cacheMaxBytes });
  return openS3Storage({ client, location, cache, logger });
}

async function openStaging(
  { location, scratchFolder: folder, uploadRoute }: StorageSettings,
  logger: Logger,
): Promise<Staging> {
  const local = createStaging({ dir: folder });
  if (location.kind === 'disk') return local;
  const [{ createS3Client }, { checkCopySource }, { createDirectUploads }, { createS3Staging }] =
    await Promise.all([
      import('./s3/s3-client.ts'),
      import('./s3/check-copy-source.ts'),
      import('./s3/direct-uploads.ts'),
      import('./s3/s3-staging.ts'),
    ]);
  const client = createS3Client(location);
  const shared = { client, location, local, folder, logger };
  if (uploadRoute === 'cms') return createS3Staging({ ...shared, direct: null });
  await checkCopySource(client, { location, logger });
  const endpoint = location.publicEndpoint ?? location.endpoint;
  const direct = createDirectUploads(createS3Client({ ...location, endpoint }), location);
  return createS3Staging({ ...shared, direct });
}
