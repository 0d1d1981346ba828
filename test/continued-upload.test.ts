import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Graph, openGraph } from './support/graph.ts';
import { plainJpeg } from './support/pictures.ts';
import { type TestStack, openTestStack } from './support/stack.ts';
import { type UploadProxy, openUploadProxy } from './support/upload-proxy.ts';
import { freezeVerification } from './support/verification-workers.ts';

// A page that was reloaded continues its upload with `uploadFile` of the client package.

/** Its types are those of browsers. */
const CLIENT: string = '@federated-media/client';

const Staged = z.object({
  id: z.string(),
  protocol: z.enum(['PUT', 'TUS']),
  url: z.string(),
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
});
type Staged = z.output<typeof Staged>;
const Created = z.tuple([z.object({ stagedUpload: Staged })]);

let stack: TestStack;
let graph: Graph;
let proxy: UploadProxy;
let pool: pg.Pool;
let thaw = () => {};
let hue = 0;

beforeAll(async () => {
  proxy = await openUploadProxy(() => {});
  stack = await openTestStack({
    processes: 'many',
    subgraphs: ['cms'],
    env: { UPLOAD_URL: proxy.url },
  });
  proxy.target = stack.urls['cms']!;
  graph = await openGraph(stack, 'continued');
  pool = new pg.Pool({ connectionString: stack.postgres.url('cms') });
}, 180_000);
afterEach(() => thaw());
afterAll(async () => {
  await pool.end();
  await stack.stop();
  await proxy.close();
});

const cms = () => stack.processes.find(({ name }) => name === 'cms')!;

interface Started {
  readonly bytes: Buffer;
  readonly idempotencyKey: string;
  readonly staged: Staged;
}

/** An upload that has a URL, and for which nothing was sent. */
async function start(
  protocol: 'PUT' | 'TUS',
  checksumOf?: (bytes: Buffer) => string,
): Promise<Started> {
  const bytes = await plainJpeg((hue += 10));
  const { data } = await graph.ask(
    `mutation ($input: [StagedUploadInput!]!) {
      createStagedUploads(input: $input) {
        stagedUpload { id protocol url headers { name value } } userErrors { code }
      }
    }`,
    {
      input: [
        {
          filename: 'a.jpg',
          mimeType: 'image/jpeg',
          fileSize: bytes.length,
          protocol,
          checksum: checksumOf?.(bytes),
        },
      ],
    },
  );
  const [{ stagedUpload }] = Created.parse(data?.['createStagedUploads']);
  return { bytes, idempotencyKey: randomUUID(), staged: stagedUpload };
}

async function send({ bytes, staged }: Started, end = bytes.length): Promise<void> {
  const tus = {
    'content-type': 'application/offset+octet-stream',
    'tus-resumable': '1.0.0',
    'upload-offset': '0',
  };
  const { ok } = await fetch(staged.url, {
    method: staged.protocol === 'PUT' ? 'PUT' : 'PATCH',
    headers: staged.protocol === 'PUT' ? { 'content-type': 'image/jpeg' } : tus,
    body: new Uint8Array(bytes.subarray(0, end)),
  });
  expect(ok).toBe(true);
}

const complete = async ({ staged: { id }, idempotencyKey }: Started): Promise<unknown> =>
  (
    await graph.ask(
      `mutation ($input: CompleteStagedUploadInput!) {
        completeStagedUpload(input: $input) { mediaFile { id status } userErrors { code } }
      }`,
      { input: { id, idempotencyKey } },
    )
  ).data?.['completeStagedUpload'];

/** What the page does after its reload, and the requests to the URLs of uploads. */
async function proceed(
  { bytes, staged, idempotencyKey }: Started,
  options: { onProcessing?: () => void; retries?: number } = {},
) {
  const { uploadFile } = await import(CLIENT);
  const before = proxy.paths.length;
  const restarted: string[] = [];
  const result: unknown = await uploadFile(
    {
      endpoint: `${stack.gatewayUrl}/graphql`,
      token: graph.headers.authorization.replace('Bearer ', ''),
    },
    new File([new Uint8Array(bytes)], 'a.jpg', { type: 'image/jpeg' }),
    {
      continueFrom: JSON.parse(JSON.stringify(staged)),
      idempotencyKey,
      fields: 'status checksum',
      onStaged: ({ id }: Staged) => restarted.push(id),
      retries: 0,
      ...options,
    },
  ).catch((error: unknown) => ({ error }));
  return { result, restarted, sent: proxy.paths.slice(before) };
}

const fileOf = ({ bytes }: Started, id: string) => ({
  id,
  status: 'READY',
  checksum: sha256(bytes),
});
const OTHER_BYTES = {
  error: {
    code: 'INVALID',
    message: 'The bytes do not match the declared checksum.',
    isRetryable: false,
  },
};
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe.each(['PUT', 'TUS'] as const)('by %s', (protocol) => {
  test('an upload that was completed returns its file, and sends nothing', async () => {
    const started = await start(protocol);
    await send(started);
    const { id } = started.staged;
    expect(await complete(started)).toMatchObject({ mediaFile: { id, status: 'READY' } });
    const expected = { result: fileOf(started, id), restarted: [], sent: [] };
    expect(await proceed(started)).toEqual(expected);
  });

  test('an upload whose bytes have arrived is completed, and sends nothing', async () => {
    const started = await start(protocol);
    await send(started);
    const expected = { result: fileOf(started, started.staged.id), restarted: [], sent: [] };
    expect(await proceed(started)).toEqual(expected);
  });

  test('an upload that has sent nothing sends its bytes to the same URL', async () => {
    const started = await start(protocol);
    const { result, restarted, sent } = await proceed(started);
    expect(result).toEqual(fileOf(started, started.staged.id));
    expect(restarted).toEqual([]);
    expect(sent.length).toBeGreaterThan(0);
    expect(new Set(sent)).toEqual(new Set([pathOf(started)]));
  });

  test.each([
    ['has expired', `UPDATE uploads SET expires_at = now() - interval '1 minute' WHERE id = $1`],
    ['was removed', 'DELETE FROM uploads WHERE id = $1'],
  ])('an upload that %s starts again', async (_what, sql) => {
    const started = await start(protocol);
    await pool.query(sql, [started.staged.id]);
    const { result, restarted, sent } = await proceed(started);
    expect(restarted).toHaveLength(1);
    expect(restarted).not.toContain(started.staged.id);
    expect(result).toEqual(fileOf(started, restarted[0]!));
    expect(sent).not.toContain(pathOf(started));
  });

  test('an upload whose file is PROCESSING waits for it', async ({ skip }) => {
    if (process.platform !== 'linux') skip('Only Linux lists processes in /proc.');
    const started = await start(protocol);
    await send(started);
    thaw = freezeVerification(cms().pid);
    const { id } = started.staged;
    expect(await complete(started)).toMatchObject({ mediaFile: { id, status: 'PROCESSING' } });
    const { promise, resolve } = Promise.withResolvers<void>();
    const proceeding = proceed(started, { onProcessing: resolve });
    await Promise.race([promise, proceeding]);
    thaw();
    expect(await proceeding).toEqual({ result: fileOf(started, id), restarted: [], sent: [] });
  }, 300_000);

  test('an upload that was sent to another URL with the same key returns that file', async () => {
    const started = await start(protocol);
    const { bytes, idempotencyKey } = started;
    const other = { ...(await start(protocol)), idempotencyKey };
    const { result } = await proceed({ ...other, bytes });
    expect(result).toEqual(fileOf(started, other.staged.id));
    expect(await proceed(started)).toMatchObject({ result, restarted: [] });
  });

  test('bytes that do not match the declared checksum are refused, and sent once', async () => {
    const started = await start(protocol, () => sha256(Buffer.from('other bytes')));
    const { result, sent } = await proceed(started, { retries: 5 });
    expect(result).toMatchObject(OTHER_BYTES);
    // With tus, the first request asks how much has arrived.
    expect(sent).toHaveLength(protocol === 'PUT' ? 1 : 2);
  });
});

const pathOf = ({ staged }: Started) => {
  const { pathname, search } = new URL(staged.url);
  return `${pathname}${search}`;
};
