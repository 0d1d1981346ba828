import { afterEach, expect, test, vi } from 'vitest';
import type { Delivery, Handover } from './handover.ts';
import { openHandover } from './open-handover.ts';
import { readStorageUrl } from './storage-location.ts';

const FOLDER = 'file:///var/media';
const BUCKET = 's3://bucket/prefix?endpoint=http://10.0.0.1:9000&region=r&forcePathStyle=true';
const PRESENTED = {
  contentType: 'image/png',
  contentDisposition: 'inline',
  cacheControl: 'no-store',
  validForSeconds: 60,
};

const open = (delivery: Delivery, url: string, fallback: string | null = null) =>
  openHandover({
    delivery,
    location: readStorageUrl(url),
    fallback: fallback === null ? null : readStorageUrl(fallback),
  });

async function redirectsOf(url: string) {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  const handover: Handover | null = await open('redirect', url);
  if (handover?.kind !== 'redirect') throw new Error('There are no redirects.');
  return handover;
}
afterEach(() => void vi.unstubAllEnvs());

test('the CMS streams by default, and while a library moves', async () => {
  expect(await open('stream', FOLDER)).toBeNull();
  expect(await open('accel', FOLDER, BUCKET)).toBeNull();
  expect(await open('redirect', BUCKET, FOLDER)).toBeNull();
});

test('names files for nginx by keys, and nothing else', async () => {
  const handover = await open('accel', FOLDER);
  if (handover?.kind !== 'accel') throw new Error('There are no paths.');
  expect(handover.pathOf('store/file/1-a.jpg')).toBe('/_objects/store/file/1-a.jpg');
  for (const key of ['../a', 'a/..', '/a', 'a b', 'a%2e', 'a\r\nb'])
    expect(() => handover.pathOf(key), key).toThrow('Not a storage key');
});

test('presigned URLs are at the endpoint that clients reach', async () => {
  const [inside, outside] = [
    await redirectsOf(BUCKET),
    await redirectsOf(`${BUCKET}&publicEndpoint=https://objects.example.com`),
  ];
  const path = '/bucket/prefix/objects/store/file/1-a.jpg?';
  expect(await inside.urlOf('store/file/1-a.jpg', PRESENTED)).toContain(
    `http://10.0.0.1:9000${path}`,
  );
  const url = new URL(await outside.urlOf('store/file/1-a.jpg', PRESENTED));
  expect(url.href).toContain(`https://objects.example.com${path}`);
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    'X-Amz-Expires': '60',
    'response-content-type': 'image/png',
    'response-content-disposition': 'inline',
    'response-cache-control': 'no-store',
  });
  await expect(outside.urlOf('../a', PRESENTED)).rejects.toThrow('Not a storage key');
});
