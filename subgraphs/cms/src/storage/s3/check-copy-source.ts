import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { S3Location } from '../storage-location.ts';
import { createDirectUploads } from './direct-uploads.ts';
import { encryptionHeaders } from './new-object-headers.ts';
import { stagedObject } from './staged-object.ts';

/** The start does not wait for longer. */
const TIME_LIMIT_MS = 3_000;
const VALID_MS = 60_000;
const [SOURCE, SENT] = ['source', 'other!'];

/**
 * Warns if a client with a presigned URL of PUT can have the object store copy another object to it: some stores accept the
 * header `x-amz-copy-source` although the signature does not cover it. Tries it with two objects that are then removed.
 * Never throws: without a result there is no warning.
 */
export async function checkCopySource(
  client: S3Client,
  { location, logger }: { location: S3Location; logger: Logger },
): Promise<void> {
  const checking = isCopied(client, location).catch((error: unknown) => {
    logger.debug(
      { err: error },
      'could not check whether the object store copies by presigned URLs',
    );
    return false;
  });
  const isWeak = await Promise.race([checking, sleep(TIME_LIMIT_MS, false, { ref: false })]);
  if (isWeak)
    logger.warn({ bucket: location.bucket, endpoint: location.endpoint ?? 'AWS' }, WARNING);
}

const WARNING =
  'This object store accepts x-amz-copy-source in a presigned PUT that does not sign it: clients with the URL of a staged upload can copy any object to it that the credentials of the CMS can read, if they know its key. Limit the credentials to this bucket and prefix, upgrade the object store, or set UPLOAD_ROUTE=cms.';

async function isCopied(client: S3Client, location: S3Location): Promise<boolean> {
  const id = randomUUID();
  const [source, target] = [`check-${id}-source`, `check-${id}-target`];
  const [from, to] = [stagedObject(location, source), stagedObject(location, target)];
  try {
    const put = { ...from, ...encryptionHeaders(location), Body: SOURCE };
    await client.send(new PutObjectCommand(put));
    const { url, headers } = await createDirectUploads(client, location).open(target, {
      byteSize: SENT.length,
      mimeType: 'text/plain',
      expiresAt: new Date(Date.now() + VALID_MS),
    });
    const given = Object.fromEntries(headers.map(({ name, value }) => [name, value]));
    const response = await fetch(url, {
      method: 'PUT',
      headers: { ...given, 'x-amz-copy-source': `/${from.Bucket}/${from.Key}` },
      body: SENT,
      signal: AbortSignal.timeout(TIME_LIMIT_MS),
    });
    await response.arrayBuffer();
    if (!response.ok) return false;
    const { Body: found } = await client.send(new GetObjectCommand(to));
    return (await found?.transformToString()) === SOURCE;
  } finally {
    for (const object of [from, to]) await client.send(new DeleteObjectCommand(object));
  }
}
