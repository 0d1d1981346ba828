import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { ListMultipartUploadsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import {
  type ObjectStore,
  noObjectStore,
  startObjectStore,
} from '@federated-media/stack/testing/object-store';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { drawJpeg } from '../../../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../../../files/media-file/testing/running-cms.ts';
import { openBucket } from '../../../../testing/bucket-cms.ts';
import { openCuttingProxy } from '../../testing/cutting-proxy.ts';
import { type StagedClient, createStagedClient } from '../../testing/staged-client.ts';
import { tusRequest, uploadByTus } from '../../testing/tus-client.ts';

const MEGABYTE = 1_000_000;
const MAX_BYTES = 40 * MEGABYTE;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const noStore = noObjectStore ? `: skipped, ${noObjectStore}` : '';

let jpeg: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  jpeg = await drawJpeg(200, 200);
});

/** A JPEG with random bytes behind it, which is a valid file. */
function imageOf(byteSize: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(randomBytes(byteSize));
  bytes.set(jpeg);
  return bytes;
}

describe('in a folder', () => {
  resumableUploads(async () => ({
    open: () => ({}),
    stagedNames: ({ folder }) => readdir(join(folder, 'staging')),
    close: async () => {},
  }));
});

describe.skipIf(noObjectStore !== null)(`in a bucket${noStore}`, () => {
  resumableUploads(async () => {
    const store: ObjectStore = await startObjectStore(await temporaryFolder());
    const openBytes = await openBucket(store, { bucket: 'resumable' });
    const s3 = new S3Client({
      endpoint: store.endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
    });
    return {
      open: () => ({ openBytes }),
      async stagedNames() {
        const names = { Bucket: 'resumable', Prefix: 'staging/' };
        const { Contents = [] } = await s3.send(new ListObjectsV2Command(names));
        const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand(names));
        return [...Contents, ...Uploads].map(({ Key = '' }) => Key);
      },
      close: () => store.stop(),
    };
  });
});

type Backend = () => Promise<{
  open(): Parameters<typeof runCms>[0];
  /** Everything that is staged. */
  stagedNames(cms: RunningCms): Promise<string[]>;
  close(): Promise<void>;
}>;

function resumableUploads(openBackend: Backend): void {
  let backend: Awaited<ReturnType<Backend>>;
  let cms: RunningCms;
  let other: RunningCms;
  let client: StagedClient;
  let otherClient: StagedClient;

  beforeAll(async () => {
    backend = await openBackend();
    cms = await runCms({ ...backend.open(), uploadMaxBytes: MAX_BYTES });
    other = await runCms({ ...backend.open(), besides: cms, uploadMaxBytes: MAX_BYTES });
    [client, otherClient] = [createStagedClient(cms), createStagedClient(other)];
  }, 180_000);
  beforeEach(() => cms.store.pool.query('TRUNCATE stores, media_files, uploads CASCADE'));
  afterAll(async () => {
    await other.close();
    await cms.close();
    await backend.close();
  });

  const stage = (bytes: Uint8Array<ArrayBuffer>, given: object = {}) =>
    client.stage(bytes, { protocol: 'TUS', ...given });
  const atOther = (url: string) => url.replace(cms.url, other.url);
  const offsetAt = async (url: string) => {
    const response = await tusRequest('HEAD', url);
    expect(response.status).toBe(200);
    return Number(response.headers.get('upload-offset'));
  };
  const patch = (url: string, offset: number, bytes: Uint8Array<ArrayBuffer>) =>
    tusRequest('PATCH', url, { 'upload-offset': `${offset}` }, bytes);

  async function expectServed(id: string, bytes: Uint8Array) {
    const { mediaFile, userErrors } = await otherClient.complete({ id });
    expect(userErrors).toEqual([]);
    expect(mediaFile).toMatchObject({ id, checksum: sha256(bytes) });
    const served = new Uint8Array(await (await fetch(mediaFile.url)).arrayBuffer());
    expect(sha256(served)).toBe(sha256(bytes));
  }

  test.for([Infinity, 3 * MEGABYTE])(
    'tus-js-client uploads to the URL in chunks of %d bytes',
    async (chunkSize) => {
      const bytes = imageOf(12 * MEGABYTE);
      const { id, url, headers } = await stage(bytes);
      expect(headers).toEqual([]);
      await uploadByTus(bytes, { uploadUrl: url, chunkSize }).done;
      await expectServed(id, bytes);
    },
  );

  test.for([true, false])(
    'tus-js-client creates the upload at the URL, with bytes: %s',
    async (uploadDataDuringCreation) => {
      const bytes = imageOf(7 * MEGABYTE);
      const { id, url } = await stage(bytes);
      const metadata = { filename: 'a.jpg' };
      const { done, upload } = uploadByTus(bytes, {
        endpoint: url,
        uploadDataDuringCreation,
        chunkSize: 2 * MEGABYTE,
        metadata,
      });
      await done;
      expect(upload.url).toBe(url);
      await expectServed(id, bytes);
    },
  );

  test('a connection that is cut at every megabyte resumes, each time on the other node', async () => {
    const bytes = imageOf(12 * MEGABYTE);
    const { id, url } = await stage(bytes);
    const targets = [other.url, cms.url];
    const proxy = await openCuttingProxy(cms.url, {
      afterBytes: MEGABYTE,
      onCut: () => void (proxy.target = targets[proxy.cuts % 2]!),
    });
    onTestFinished(() => proxy.close());
    await uploadByTus(bytes, { uploadUrl: proxy.urlOf(url) }).done;
    expect(proxy.cuts).toBeGreaterThanOrEqual(12);
    await expectServed(id, bytes);
  });

  test('a client that starts again continues where the first one was killed', async () => {
    const bytes = imageOf(9 * MEGABYTE);
    const { id, url } = await stage(bytes);
    const killed = Promise.withResolvers<void>();
    const { upload } = uploadByTus(bytes, {
      uploadUrl: url,
      chunkSize: 4 * MEGABYTE,
      onChunkComplete: () => void upload.abort().then(killed.resolve),
    });
    await killed.promise;
    expect(await offsetAt(url)).toBe(4 * MEGABYTE);
    const sent: number[] = [];
    await uploadByTus(bytes, {
      uploadUrl: atOther(url),
      onProgress: (sentBytes) => sent.push(sentBytes),
    }).done;
    expect(Math.min(...sent)).toBeGreaterThanOrEqual(4 * MEGABYTE);
    await expectServed(id, bytes);
  });

  test('bytes that were sent before another node has started again do not count', async () => {
    const [earlier, bytes] = [imageOf(2 * MEGABYTE), imageOf(2 * MEGABYTE)];
    const { id, url } = await stage(bytes);
    const length = { 'upload-length': `${bytes.length}` };
    expect((await patch(url, 0, earlier.slice(0, MEGABYTE))).status).toBe(204);
    expect((await tusRequest('POST', atOther(url), length)).status).toBe(201);
    expect(await offsetAt(url)).toBe(0);
    expect((await patch(atOther(url), 0, bytes.slice(0, MEGABYTE))).status).toBe(204);
    expect((await patch(url, MEGABYTE, bytes.slice(MEGABYTE))).status).toBe(204);
    await expectServed(id, bytes);
    expect(await backend.stagedNames(cms)).toEqual([]);
  });

  test('a client that is killed and one that starts end with the same bytes', async () => {
    const bytes = imageOf(8 * MEGABYTE);
    const { id, url } = await stage(bytes);
    const results = await Promise.allSettled(
      [url, atOther(url), url].map(
        (uploadUrl) => uploadByTus(bytes, { uploadUrl, chunkSize: MEGABYTE }).done,
      ),
    );
    expect(results.map(({ status }) => status)).toContain('fulfilled');
    expect(await offsetAt(url)).toBe(bytes.length);
    await expectServed(id, bytes);
  });

  test('refuses what does not follow the protocol, and nothing is damaged', async () => {
    const bytes = imageOf(MEGABYTE);
    const { id, url } = await stage(bytes);
    const half = bytes.length / 2;
    expect((await patch(url, 0, bytes.slice(0, half))).status).toBe(204);
    const rest = bytes.slice(half);
    const sent = { 'upload-offset': `${half}` };
    const refused: [string, Promise<Response>, number][] = [
      ['another offset', patch(url, 10, rest), 409],
      [
        'an offset that is not a number',
        tusRequest('PATCH', url, { 'upload-offset': '5e5' }, rest),
        400,
      ],
      ['a negative offset', tusRequest('PATCH', url, { 'upload-offset': '-1' }, rest), 400],
      ['no offset', tusRequest('PATCH', url, {}, rest), 403],
      ['bytes beyond the length', patch(url, half, new Uint8Array(half + 1)), 413],
      ['another version', tusRequest('HEAD', url, { 'tus-resumable': '0.2.2' }), 400],
      ['no version', fetch(url, { method: 'HEAD' }), 412],
      [
        'another type',
        tusRequest('PATCH', url, { ...sent, 'content-type': 'text/html' }, rest),
        400,
      ],
      [
        'a new length',
        tusRequest('PATCH', url, { ...sent, 'upload-length': `${half}` }, rest),
        501,
      ],
      ['another length', tusRequest('POST', url, { 'upload-length': '5' }), 400],
      ['a huge length', tusRequest('POST', url, { 'upload-length': `${MAX_BYTES * 9}` }), 413],
      ['no length', tusRequest('POST', url), 400],
      ['a deferred length', tusRequest('POST', url, { 'upload-defer-length': '1' }), 501],
      [
        'concatenation',
        tusRequest('POST', url, { 'upload-concat': 'partial', 'upload-length': '5' }),
        501,
      ],
      ['a method override', tusRequest('POST', url, { 'x-http-method-override': 'DELETE' }), 400],
      ['an unknown method', tusRequest('GET', url), 404],
    ];
    for (const [what, response, status] of refused)
      expect((await response).status, what).toBe(status);
    expect(await offsetAt(url)).toBe(half);
    expect((await patch(url, half, rest)).status).toBe(204);
    await expectServed(id, bytes);
    expect(await offsetAt(url)).toBe(bytes.length);
    expect((await tusRequest('POST', url, { 'upload-length': `${bytes.length}` })).status).toBe(
      409,
    );
    expect((await tusRequest('DELETE', url)).status).toBe(409);
  });

  test('a forged or expired URL is refused before anything else', async () => {
    const bytes = imageOf(MEGABYTE);
    const { id, url } = await stage(bytes);
    const other = await stage(bytes);
    const plain = await client.stage(bytes);
    cms.store.statements.length = 0;
    const forged = [
      url.replace(id, other.id),
      url.replace(/length=\d+/, 'length=5'),
      url.replace(/expires=\d+/, 'expires=99999999999'),
      url.replace('/tus/', '/'),
      `${cms.url}/uploads/tus/${plain.url.slice(plain.url.lastIndexOf('/') + 1)}`,
      `${url}&x=1`,
      url.slice(0, -1),
    ].filter((one) => one.startsWith(cms.url));
    for (const one of forged) {
      const isPut = !one.includes('/tus/');
      const response = await tusRequest(
        isPut ? 'PUT' : 'PATCH',
        one,
        { 'upload-offset': '0' },
        bytes,
      );
      expect(response.status, one).toBe(403);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
    }
    expect(cms.store.statements).toEqual([]);
  });

  test('what a client calls this host is not repeated', async () => {
    const bytes = imageOf(MEGABYTE);
    const { id, url } = await stage(bytes);
    const response = await tusRequest('POST', url, {
      'upload-length': `${bytes.length}`,
      'upload-metadata': `filename ${Buffer.from('x'.repeat(5_000)).toString('base64')}`,
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'gopher',
      forwarded: 'host=evil.example;proto=https',
    });
    expect(response.status).toBe(201);
    const location = response.headers.get('location')!;
    expect(location).toBe(url.slice(url.lastIndexOf('/') + 1));
    expect(new URL(location, url).href).toBe(url);
    expect(JSON.stringify([...response.headers])).not.toContain('evil');
    expect(new Date(response.headers.get('upload-expires')!).getTime()).toBeGreaterThan(Date.now());
    expect((await tusRequest('HEAD', url)).headers.has('upload-metadata')).toBe(false);
    expect((await patch(url, 0, bytes)).status).toBe(204);
    await expectServed(id, bytes);
  });

  test('any page may upload and read what it needs', async () => {
    const { url } = await stage(imageOf(MEGABYTE));
    const preflight = await fetch(url, {
      method: 'OPTIONS',
      headers: { origin: 'https://a.example', 'access-control-request-method': 'PATCH' },
    });
    expect(preflight.status).toBe(204);
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'DELETE, HEAD, PATCH, POST',
      'access-control-allow-headers': '*',
      'tus-version': '1.0.0',
      'tus-extension': 'creation,creation-with-upload,termination,expiration',
    });
    const head = await tusRequest('HEAD', url);
    expect(head.headers.get('access-control-expose-headers')).toMatch(
      /Retry-After.*Upload-Offset.*X-Request-Id/,
    );
    expect(head.headers.get('cache-control')).toBe('no-store');
    expect(head.headers.get('upload-length')).toBe(`${MEGABYTE}`);
  });

  test('a terminated upload is gone', async () => {
    const bytes = imageOf(6 * MEGABYTE);
    const { id, url } = await stage(bytes);
    expect((await patch(url, 0, bytes.slice(0, 5.5 * MEGABYTE))).status).toBe(204);
    expect((await tusRequest('DELETE', atOther(url))).status).toBe(204);
    expect((await tusRequest('HEAD', url)).status).toBe(404);
    expect((await client.complete({ id })).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect(await backend.stagedNames(cms)).toEqual([]);
  });

  test('an expired upload leaves nothing', async () => {
    const bytes = imageOf(6 * MEGABYTE);
    const [started, complete] = [await stage(bytes), await stage(bytes)];
    expect((await patch(started.url, 0, bytes.slice(0, 5.5 * MEGABYTE))).status).toBe(204);
    expect((await patch(complete.url, 0, bytes)).status).toBe(204);
    expect(await backend.stagedNames(cms)).not.toEqual([]);
    await cms.store.pool.query(`UPDATE uploads SET expires_at = now() - interval '1 second'`);
    expect((await tusRequest('HEAD', started.url)).status).toBe(410);
    expect((await patch(started.url, 5.5 * MEGABYTE, bytes.slice(5.5 * MEGABYTE))).status).toBe(
      410,
    );
    await other.recover();
    expect(await backend.stagedNames(cms)).toEqual([]);
  });

  test('bytes count in the quota from the first request', async () => {
    await cms.store.pool.query(`INSERT INTO stores (id, quota_bytes) VALUES ('ours', 1500000)`);
    const bytes = imageOf(MEGABYTE);
    const [first, second] = [await stage(bytes), await stage(bytes)];
    expect((await patch(first.url, 0, bytes.slice(0, 10))).status).toBe(204);
    const refused = await patch(second.url, 0, bytes);
    expect(refused.status).toBe(413);
    expect(await refused.json()).toMatchObject({
      errors: [{ extensions: { code: 'QUOTA_EXCEEDED' } }],
    });
    expect((await tusRequest('DELETE', first.url)).status).toBe(204);
    expect((await patch(second.url, 0, bytes)).status).toBe(204);
  });

  test('rejects bytes other than the declared ones, which can then be sent', async () => {
    const bytes = imageOf(MEGABYTE);
    const { id, url } = await stage(bytes, { checksum: sha256(bytes) });
    expect((await patch(url, 0, imageOf(MEGABYTE))).status).toBe(422);
    expect(await offsetAt(url)).toBe(0);
    expect((await patch(url, 0, bytes.slice(0, 1000))).status).toBe(204);
    expect((await patch(atOther(url), 1000, bytes.slice(1000))).status).toBe(204);
    await expectServed(id, bytes);
  });

  test('a PATCH that stalls is ended, and what arrived is kept', async () => {
    const slow = await runCms({
      ...backend.open(),
      besides: cms,
      uploadMaxBytes: MAX_BYTES,
      uploadPace: { minBytesPerSecond: 1_000_000, windowMs: 300 },
    });
    onTestFinished(() => slow.close());
    const bytes = imageOf(MEGABYTE);
    const { id, url } = await createStagedClient(slow).stage(bytes, { protocol: 'TUS' });
    const outgoing = request(url, {
      method: 'PATCH',
      headers: {
        'tus-resumable': '1.0.0',
        'content-type': 'application/offset+octet-stream',
        'content-length': bytes.length,
        'upload-offset': 0,
      },
    });
    outgoing.on('error', () => {}); // The server disconnects.
    outgoing.write(bytes.subarray(0, 1000));
    const [response] = await once(outgoing, 'response');
    outgoing.destroy();
    expect(response.statusCode).toBe(408);
    expect(await offsetAt(url)).toBe(1000);
    expect((await patch(url.replace(slow.url, cms.url), 1000, bytes.slice(1000))).status).toBe(204);
    await expectServed(id, bytes);
  });
}
