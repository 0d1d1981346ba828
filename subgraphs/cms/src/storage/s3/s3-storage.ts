import { rm, stat as statFile } from 'node:fs/promises';
import {
  DeleteObjectCommand,
  HeadObjectCommand,
  type S3Client,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import pLimit from 'p-limit';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { ifExists } from '../if-exists.ts';
import type { LocalCache } from '../local-cache.ts';
import { isKey, parseKey, parsePrefix } from '../parse-key.ts';
import type { ByteRange, Storage } from '../storage.ts';
import type { S3Location } from '../storage-location.ts';
import { CopyNotSupportedError, copyObject } from './copy-object.ts';
import { newObjectHeaders } from './new-object-headers.ts';
import { createObjectReader } from './read-object.ts';
import { retryable, storageError, unlessMissing } from './s3-client.ts';
import { sendFile } from './send-file.ts';
import { removeUnfinished } from './unfinished-uploads.ts';

/** At a time. Each may have as many parts in memory. */
const MAX_UPLOADS = 16;
/** Like the folder of a disk storage: everything in it belongs to the CMS. */
export const FOLDER = 'objects/';

/**
 * Objects in a bucket, whose names are the prefix, `objects/` and the key. Readers of local copies share `cache`, and a published
 * file goes there first, because it is usually rendered next.
 */
export function openS3Storage({
  client,
  location,
  cache,
  logger,
}: {
  client: S3Client;
  location: Pick<S3Location, 'bucket' | 'prefix' | 'storageClass' | 'encryption' | 'kmsKeyId'>;
  cache: LocalCache;
  logger: Logger;
}): Storage {
  const { bucket } = location;
  const prefix = `${location.prefix}${FOLDER}`;
  const uploads = pLimit(MAX_UPLOADS);
  const copies = pLimit(MAX_UPLOADS);
  const at = (key: string) => ({ Bucket: bucket, Key: `${prefix}${parseKey(key).join('/')}` });
  const headers = newObjectHeaders(location);

  const read = createObjectReader({ client, logger });
  const get = async (key: string, range?: ByteRange) =>
    (await read(at(key), range))?.stream ?? null;

  async function stat(key: string) {
    const found = await retryable(unlessMissing(client.send(new HeadObjectCommand(at(key)))));
    return found && { byteSize: found.ContentLength ?? 0 };
  }

  async function copyIfSupported(
    target: ReturnType<typeof at>,
    source: { name: string; byteSize: number },
  ): Promise<boolean> {
    try {
      await copies(() => copyObject(client, target, source));
      return true;
    } catch (error) {
      if (error instanceof CopyNotSupportedError) return false;
      throw error;
    }
  }

  return {
    stat,
    get,

    async publish(key, stagedPath, { copy } = {}) {
      const target = { ...at(key), ...headers };
      const staged = await ifExists(statFile(stagedPath));
      if (!staged) {
        if (await stat(key)) return;
        throw new Error(`Neither staged nor published: ${key}`);
      }
      const { size: byteSize } = staged;
      const isCopied = copy && (await copyIfSupported(target, { ...copy, byteSize }));
      if (!isCopied) await uploads(() => sendFile(client, target, { path: stagedPath, byteSize }));
      try {
        await cache.adopt(key, stagedPath);
      } catch (error) {
        logger.warn({ err: error, key }, 'stored object could not be added to the cache');
        await rm(stagedPath, { force: true });
      }
    },

    async openLocalCopy(key, options) {
      parseKey(key);
      return cache.open(key, () => get(key), options);
    },

    async delete(key) {
      await retryable(client.send(new DeleteObjectCommand(at(key))));
      await cache.remove(key);
    },

    async *list(given) {
      parsePrefix(given);
      const names = { Bucket: bucket, Prefix: `${prefix}${given}` };
      try {
        for await (const { Contents: objects = [] } of paginateListObjectsV2({ client }, names)) {
          for (const { Key: name = '', Size: byteSize = 0, LastModified: modifiedAt } of objects)
            if (modifiedAt && isKey(name.slice(prefix.length)))
              yield { key: name.slice(prefix.length), byteSize, modifiedAt };
        }
      } catch (error) {
        throw storageError(error);
      }
    },

    removeUnfinished: (before) => removeUnfinished(client, { bucket, prefix, before }),
  };
}
