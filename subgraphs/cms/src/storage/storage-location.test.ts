import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readStorageUrl } from './storage-location.ts';

test.each([
  ['file:///var/media', '/var/media'],
  ['file:///var/my%20media', '/var/my media'],
  ['file:media', resolve('media')],
])('the URL %s is the folder %s', (url, root) => {
  expect(readStorageUrl(url)).toEqual({ kind: 'disk', root });
});

const PLAIN = {
  kind: 's3',
  bucket: 'bucket',
  prefix: '',
  endpoint: null,
  publicEndpoint: null,
  region: null,
  forcePathStyle: false,
  storageClass: null,
  encryption: null,
  kmsKeyId: null,
};

test.each([
  ['s3://bucket', {}],
  ['s3://bucket/', {}],
  ['s3://bucket/a', { prefix: 'a/' }],
  ['s3://bucket/a/b/', { prefix: 'a/b/' }],
  [
    's3://bucket?endpoint=https://s3.example.com:9000&region=eu-1&forcePathStyle=true',
    { endpoint: 'https://s3.example.com:9000', region: 'eu-1', forcePathStyle: true },
  ],
  [
    's3://bucket?endpoint=http://10.0.0.1&publicEndpoint=https://s3.example.com/',
    { endpoint: 'http://10.0.0.1', publicEndpoint: 'https://s3.example.com' },
  ],
  [
    's3://bucket?storageClass=STANDARD_IA&encryption=aws:kms&kmsKeyId=alias/a',
    { storageClass: 'STANDARD_IA', encryption: 'aws:kms', kmsKeyId: 'alias/a' },
  ],
])('reads %s', (url, changes) => {
  expect(readStorageUrl(url)).toEqual({ ...PLAIN, ...changes });
});

test.each([
  ['file:', 'must be a folder'],
  ['file://host/media', 'must be a folder'],
  ['/var/media', 'must be a folder'],
  ['s3://', 'must name a bucket'],
  ['s3://A_B', 'must name a bucket'],
  ['s3://key:secret@bucket', 'must not contain credentials'],
  ['s3://bucket:9000', 'must not contain credentials, a port'],
  ['s3://bucket/a%20b', 'other characters'],
  ['s3://bucket/a//b', 'other characters'],
  ['s3://bucket?zone=a', 'unknown parameter'],
  ['s3://bucket?region=a&region=b', 'one value for region'],
  ['s3://bucket?region=', 'one value for region'],
  ['s3://bucket?endpoint=s3.example.com', 'endpoint'],
  ['s3://bucket?endpoint=https://s3.example.com/path', 'endpoint'],
  ['s3://bucket?forcePathStyle=yes', 'forcePathStyle'],
  ['s3://bucket?encryption=DES', 'unknown encryption'],
  ['s3://bucket?kmsKeyId=a', 'without encryption=aws:kms'],
])('rejects %s: %s', (url, message) => {
  expect(() => readStorageUrl(url)).toThrow(message);
});
