import { randomUUID } from 'node:crypto';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { messageOf } from '@federated-media/subgraph-kit/error-code';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { SettingsError } from '@federated-media/subgraph-kit/settings';
import type { S3Location } from '../storage-location.ts';
import { newObjectHeaders } from './new-object-headers.ts';
import { StorageUnavailableError, storageError } from './s3-client.ts';

/** By the names of errors of the protocol. */
const REASONS: Readonly<Record<string, string>> = {
  NoSuchBucket: 'the bucket does not exist',
  // Ceph says the same of an unknown `kmsKeyId`.
  InvalidAccessKeyId: 'the object store does not know the access key, or the key of the encryption',
  'KMS.NotFoundException': 'the object store does not know the key of the encryption',
  InvalidStorageClass: 'the object store does not have this storage class',
  InvalidArgument: 'the object store does not accept the encryption or the storage class',
  SignatureDoesNotMatch: 'the object store does not accept the secret key',
  AccessDenied: 'the credentials do not allow to write, read, list and delete objects',
  RequestTimeTooSkewed: 'the clocks of this machine and of the object store differ too much',
  PermanentRedirect: 'the bucket is in another region: set ?region=',
  AuthorizationHeaderMalformed: 'the bucket is in another region: set ?region=',
  CredentialsProviderError:
    'there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
};

/**
 * Writes, reads, lists and deletes an object as the settings describe it, so that wrong settings are reported at start.
 * An object store that does not respond, or does not encrypt, is reported in the log: it may respond later, and the CMS
 * may only read from it.
 * @throws SettingsError with the reason
 */
export async function checkBucket(
  client: S3Client,
  { location, logger }: { location: S3Location; logger: Logger },
) {
  const { bucket, prefix, endpoint, encryption } = location;
  const object = { Bucket: bucket, Key: `${prefix}check-${randomUUID()}` };
  const at = endpoint ?? 'AWS';
  try {
    const put = { ...object, ...newObjectHeaders(location), Body: 'check' };
    const { ServerSideEncryption: used } = await client.send(new PutObjectCommand(put));
    // Some stores ignore what they do not have.
    if (encryption !== null && used !== encryption)
      logger.error({ bucket, endpoint: at, encryption }, 'object store does not encrypt');
    // Not HEAD: its errors have no body that names the reason.
    const { Body: body } = await client.send(new GetObjectCommand(object));
    await body?.transformToString();
    await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 }));
    await client.send(new DeleteObjectCommand(object));
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    const reason = REASONS[name];
    if (!reason && storageError(error) instanceof StorageUnavailableError) {
      const why = messageOf(error);
      return logger.warn({ bucket, endpoint: at, reason: why }, 'object store does not respond');
    }
    throw new SettingsError([
      `STORAGE_URL: bucket "${bucket}": ${reason ?? `${at} rejects a request (${name})`}`,
    ]);
  }
}
