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
  InvalidAccessKeyId: 'the object store does not know the access key',
  SignatureDoesNotMatch: 'the object store does not accept the secret key',
  AccessDenied: 'the credentials do not allow to write, read, list and delete objects',
  RequestTimeTooSkewed: 'the clocks of this machine and of the object store differ too much',
  PermanentRedirect: 'the bucket is in another region: set ?region=',
  AuthorizationHeaderMalformed: 'the bucket is in another region: set ?region=',
  CredentialsProviderError:
    'there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
};

/**
 * Writes, reads, lists and deletes an object as the settings describe it, so that wrong settings are reported at start. An object store that does
 * not respond is reported in the log: it may respond later.
 * @throws SettingsError with the reason
 */
export async function checkBucket(
  client: S3Client,
  { location, logger }: { location: S3Location; logger: Logger },
) {
  const { bucket, prefix, endpoint } = location;
  const object = { Bucket: bucket, Key: `${prefix}check-${randomUUID()}` };
  const problem = (reason: string) =>
    new SettingsError([`STORAGE_URL: bucket "${bucket}": ${reason}`]);
  let isEncrypted: boolean;
  try {
    const put = { ...object, ...newObjectHeaders(location), Body: 'check' };
    const { ServerSideEncryption: encrypted = null } = await client.send(new PutObjectCommand(put));
    // Not HEAD: its errors have no body that names the reason.
    const { Body: body } = await client.send(new GetObjectCommand(object));
    await body?.transformToString();
    await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 }));
    await client.send(new DeleteObjectCommand(object));
    isEncrypted = encrypted === location.encryption || location.encryption === null;
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    const at = endpoint ?? 'AWS';
    const reason = REASONS[name];
    if (!reason && storageError(error) instanceof StorageUnavailableError) {
      const why = messageOf(error);
      return logger.warn({ bucket, endpoint: at, reason: why }, 'object store does not respond');
    }
    throw problem(reason ?? `${at} rejects a request (${name})`);
  }
  // Some stores ignore what they do not have.
  if (!isEncrypted) throw problem(`the object store does not encrypt with ${location.encryption}`);
}
