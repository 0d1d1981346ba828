import { randomBytes, randomUUID } from 'node:crypto';
import { addAbortSignal } from 'node:stream';
import {
  DeleteObjectCommand,
  HeadObjectCommand,
  type S3Client,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import pLimit from 'p-limit';
import type { DirectUploads, OpenStagedBytes, Staging } from '../staging.ts';
import type { S3Location } from '../storage-location.ts';
import { CopyNotSupportedError, copyObject } from './copy-object.ts';
import { encryptionHeaders } from './new-object-headers.ts';
import { createObjectReader } from './read-object.ts';
import { retryable, storageError, unlessMissing } from './s3-client.ts';
import { createS3ResumableBytes } from './s3-resumable-bytes.ts';
import { sendFile } from './send-file.ts';
import { stagedObject, stagingPrefix } from './staged-object.ts';
import { removeUnfinished } from './unfinished-uploads.ts';

/** At a time, in this process. Each may need as much room in the folder as one file may have. */
const MAX_DOWNLOADS = 8;
/** Each may send several parts at a time. */
const MAX_SHARES = 16;
const SWEEP_EVERY_MS = 10 * 60 * 1000;

interface Target {
  readonly localId: string;
  readonly byteSize: number;
}

/**
 * Staged bytes in a bucket, which all nodes reach. Clients send them there, or this server does. `local` has what is
 * received, downloaded and verified on this machine.
 */
export function createS3Staging({
  client,
  location,
  local,
  folder,
  direct,
  logger,
}: {
  client: S3Client;
  location: Pick<S3Location, 'bucket' | 'prefix' | 'encryption' | 'kmsKeyId'>;
  local: Staging;
  /** That of `local`. */
  folder: string;
  /** Null: clients cannot reach the bucket. */
  direct: DirectUploads | null;
  logger: Logger;
}): Staging {
  const { bucket } = location;
  const prefix = stagingPrefix(location);
  const headers = encryptionHeaders(location);
  const read = createObjectReader({ client, logger });
  const downloads = pLimit(MAX_DOWNLOADS);
  const shares = pLimit(MAX_SHARES);
  const at = (name: string) => stagedObject(location, name);
  const { resumable, discard: discardParts } = createS3ResumableBytes({
    client,
    at,
    headers,
    folder,
    read,
  });
  let sweptAt = -Infinity;

  async function head(name: string) {
    const found = await retryable(unlessMissing(client.send(new HeadObjectCommand(at(name)))));
    return found && { byteSize: found.ContentLength ?? 0 };
  }

  async function discard(name: string): Promise<void> {
    await local.discard(name);
    await retryable(client.send(new DeleteObjectCommand(at(name))));
    await discardParts(name);
  }

  /** Null if the object does not exist, or has another size. */
  async function download(name: string, { localId, byteSize }: Target, signal: AbortSignal) {
    const object = await read(at(name));
    if (object?.byteSize !== byteSize) {
      object?.stream.destroy();
      return null;
    }
    addAbortSignal(signal, object.stream);
    return local.receive(localId, object.stream, { maxBytes: byteSize });
  }

  /**
   * Copies an object to a name that no client has a URL for. A condition on its ETag would not do: not every store checks
   * it when it copies, and two contents can have the same MD5. False if the store does not copy the object.
   */
  async function freeze(name: string, { frozen, byteSize }: { frozen: string; byteSize: number }) {
    const target = { ...at(frozen), ...headers };
    try {
      await copyObject(client, target, { name: at(name).Key, byteSize });
      return true;
    } catch (error) {
      if (error instanceof CopyNotSupportedError) return false;
      throw error;
    }
  }

  const released =
    ({ localId, copies }: { localId: string; copies: string[] }, name: string) =>
    async ({ isPublished }: { isPublished: boolean }) => {
      try {
        await local.discard(localId);
        for (const copy of copies) await client.send(new DeleteObjectCommand(at(copy)));
        if (isPublished) await discard(name);
      } catch (error) {
        logger.warn({ err: error, upload: name }, 'could not remove staged bytes');
      }
    };

  async function openStored(
    name: string,
    { byteSize, sha256, isReplaceable = false }: Parameters<Staging['open']>[1],
    signal: AbortSignal,
  ): Promise<OpenStagedBytes | null> {
    signal.throwIfAborted();
    const localId = `download-${randomUUID()}`;
    const frozen = isReplaceable ? `${name}-${randomBytes(8).toString('hex')}` : null;
    const release = released({ localId, copies: frozen === null ? [] : [frozen] }, name);
    try {
      const isFrozen = frozen !== null && (await freeze(name, { frozen, byteSize }));
      signal.throwIfAborted();
      const source = isFrozen ? frozen : name;
      const bytes = await download(source, { localId, byteSize }, signal);
      const isExpected = sha256 === null || bytes?.sha256 === sha256;
      // An object that its client can still replace is not published: the downloaded bytes are.
      const isCopy = isFrozen || !isReplaceable;
      if (bytes && isExpected)
        return { ...bytes, ...(isCopy && { copy: { name: at(source).Key } }), release };
      if (bytes) logger.error({ upload: name }, 'staged bytes are not those that arrived');
    } catch (error) {
      await release({ isPublished: false });
      signal.throwIfAborted();
      throw error;
    }
    await release({ isPublished: false });
    return null;
  }

  return {
    ...local,
    discard,
    direct,
    resumable,

    share: (name, received) =>
      shares(async () => {
        await sendFile(client, { ...at(name), ...headers }, received);
        // The completion, which may never come, reads what is in the bucket.
        await local.discard(name);
      }),

    has: async (name, byteSize) => {
      const found = await head(name);
      return found !== null && (byteSize === undefined || found.byteSize === byteSize);
    },

    async open(name, expected, signal) {
      if ((await head(name))?.byteSize !== expected.byteSize) return null;
      return downloads(() => openStored(name, expected, signal));
    },

    async sweep(olderThanMs, kept = new Set()) {
      let removed = await local.sweep(olderThanMs, kept);
      if (performance.now() < sweptAt + SWEEP_EVERY_MS) return removed;
      sweptAt = performance.now();
      const before = new Date(Date.now() - olderThanMs);
      const names = { Bucket: bucket, Prefix: prefix };
      try {
        for await (const { Contents: objects = [] } of paginateListObjectsV2({ client }, names)) {
          for (const { Key, LastModified } of objects) {
            if (Key === undefined || !LastModified || LastModified > before) continue;
            if (kept.has(Key.slice(prefix.length))) continue;
            await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
            removed += 1;
          }
        }
      } catch (error) {
        throw storageError(error);
      }
      return removed + (await removeUnfinished(client, { bucket, prefix, before }));
    },
  };
}
