import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A folder of this machine, or of a disk that all machines mount. */
export interface DiskLocation {
  readonly kind: 'disk';
  readonly root: string;
}

/** A bucket of an object store with the S3 protocol. */
export interface S3Location {
  readonly kind: 's3';
  readonly bucket: string;
  /** Before all keys: '' or a text that ends with `/`. */
  readonly prefix: string;
  /** Null: the one of AWS for `region`. */
  readonly endpoint: string | null;
  /** For clients, if it is not `endpoint`. */
  readonly publicEndpoint: string | null;
  /** Null: from the environment of the AWS SDK. */
  readonly region: string | null;
  /** The bucket is part of the path, not of the host name. */
  readonly forcePathStyle: boolean;
  readonly storageClass: string | null;
  readonly encryption: 'AES256' | 'aws:kms' | null;
  readonly kmsKeyId: string | null;
}

export type StorageLocation = DiskLocation | S3Location;

/** What is wrong with a storage URL. */
export class StorageUrlError extends Error {
  override readonly name = 'StorageUrlError';
}

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** Like the segments of keys, so that no part of a path changes its meaning. */
const PREFIX = /^(?:[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}\/){0,8}$/;
const PARAMETERS = [
  'endpoint',
  'publicEndpoint',
  'region',
  'forcePathStyle',
  'storageClass',
  'encryption',
  'kmsKeyId',
];

/**
 * Reads STORAGE_URL: `file:///var/media`, `file:media` (relative to the working directory), or
 * `s3://bucket/prefix?endpoint=…&publicEndpoint=…&region=…&forcePathStyle=true&storageClass=…&encryption=…&kmsKeyId=…`.
 * @throws StorageUrlError
 */
export function readStorageUrl(text: string): StorageLocation {
  if (text.startsWith('s3:')) return readS3(text);
  try {
    if (text.startsWith('file://')) return disk(fileURLToPath(text));
    if (text.startsWith('file:') && text.length > 'file:'.length)
      return disk(resolve(text.slice(5)));
  } catch {
    // Reported below, like every other invalid URL.
  }
  throw new StorageUrlError('must be a folder such as file:///var/media, or s3://bucket/prefix');
}

/** The folder that is used without STORAGE_URL. */
export const defaultLocation = (dataDir: string): StorageLocation => disk(join(dataDir, 'media'));

const disk = (root: string): StorageLocation => ({ kind: 'disk', root });

function readS3(text: string): S3Location {
  const url = URL.parse(text);
  if (!url || !BUCKET.test(url.hostname))
    throw new StorageUrlError('must name a bucket, such as s3://bucket/prefix');
  if (url.username !== '' || url.password !== '' || url.port !== '' || url.hash !== '')
    throw new StorageUrlError(
      'must not contain credentials, a port or a fragment: credentials come from AWS_ACCESS_KEY_ID and the other sources of the AWS SDK, the host from ?endpoint=',
    );
  const path = url.pathname.replace(/^\//, '').replace(/\/?$/, '/');
  const prefix = path === '/' ? '' : path;
  if (!PREFIX.test(prefix))
    throw new StorageUrlError('has a prefix with other characters than A-Z a-z 0-9 . _ - /');
  const given = readParameters(url.searchParams);
  const { encryption = null, kmsKeyId = null } = given;
  if (encryption !== null && encryption !== 'AES256' && encryption !== 'aws:kms')
    throw new StorageUrlError('has an unknown encryption: use AES256 or aws:kms');
  if (kmsKeyId !== null && encryption !== 'aws:kms')
    throw new StorageUrlError('has a kmsKeyId without encryption=aws:kms');
  return {
    kind: 's3',
    bucket: url.hostname,
    prefix,
    endpoint: readEndpoint(given['endpoint']),
    publicEndpoint: readEndpoint(given['publicEndpoint']),
    region: given['region'] ?? null,
    forcePathStyle: readFlag(given['forcePathStyle']),
    storageClass: given['storageClass'] ?? null,
    encryption,
    kmsKeyId,
  };
}

function readParameters(parameters: URLSearchParams): Partial<Record<string, string>> {
  const given: Partial<Record<string, string>> = {};
  for (const [name, value] of parameters) {
    if (!PARAMETERS.includes(name))
      throw new StorageUrlError(`has an unknown parameter; known: ${PARAMETERS.join(', ')}`);
    if (given[name] !== undefined || value === '')
      throw new StorageUrlError(`must have one value for ${name}`);
    given[name] = value;
  }
  return given;
}

function readEndpoint(text: string | undefined): string | null {
  if (text === undefined) return null;
  const url = URL.parse(text);
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (!url || !isHttp || url.pathname !== '/' || url.search !== '' || url.username !== '')
    throw new StorageUrlError('has an endpoint that is not a URL such as https://s3.example.com');
  return url.origin;
}

function readFlag(text = 'false'): boolean {
  if (text !== 'true' && text !== 'false')
    throw new StorageUrlError('must have true or false for forcePathStyle');
  return text === 'true';
}
