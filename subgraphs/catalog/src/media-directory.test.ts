import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { createTokenMinter, createTokenVerifier } from '@federated-media/subgraph-kit/identity';
import { newId } from '@federated-media/subgraph-kit/ids';
import { afterEach, expect, test } from 'vitest';
import { MediaUnavailableError, createMediaDirectory } from './media-directory.ts';
import { caller } from './testing/catalog.ts';

const secrets = ['a-secret-for-tests-of-32-characters'];
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

interface Asked {
  readonly variables: { readonly representations: unknown };
}
type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

/** A directory that asks a server of its own, which answers with `answer`. */
async function directoryOf(answer: Answer, { timeoutMs = 5_000 } = {}) {
  const server = createServer((request, response) => void answer(request, response)).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('No address.');
  const cmsUrl = `http://127.0.0.1:${address.port}`;
  const tokens = createTokenMinter({ secrets, issuer: 'catalog' });
  const directory = createMediaDirectory({ cmsUrl, timeoutMs, tokens });
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  closers.push(() => directory.close());
  return { directory, server };
}

const sending =
  (body: unknown, status = 200): Answer =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

const fileOf = (id: string, more: object = {}) => ({
  id,
  mediaType: 'IMAGE',
  status: 'READY',
  trashedAt: null,
  ...more,
});
const answering = (...entities: unknown[]) => ({ data: { _entities: entities } });

test('asks once for all files, for the caller’s store only, with a token of the catalog’s own', async () => {
  const [known, unknown, film] = [newId(), newId(), newId()];
  const requests: { url: string | undefined; authorization: string | undefined; body: Asked }[] =
    [];
  const { directory } = await directoryOf(async (request, response) => {
    const { authorization } = request.headers;
    requests.push({
      url: request.url,
      authorization,
      body: JSON.parse(await text(request)) as Asked,
    });
    const film1 = fileOf(film, { mediaType: 'VIDEO', status: 'PROCESSING' });
    sending(answering(fileOf(known), null, film1))(request, response);
  });

  const found = await directory.find(caller, [known, unknown, film]);
  expect([...found]).toEqual([
    [known, { status: 'READY', mediaType: 'IMAGE' }],
    [film, { status: 'PROCESSING', mediaType: 'VIDEO' }],
  ]);
  expect(requests).toHaveLength(1);
  expect(requests[0]?.url).toBe('/graphql');
  expect(requests[0]?.body.variables.representations).toEqual(
    [known, unknown, film].map((id) => ({ __typename: 'MediaFile', id })),
  );
  const verifier = createTokenVerifier({ secrets, audience: 'cms' });
  expect(await verifier.verify(requests[0]?.authorization)).toEqual({
    subject: 'catalog',
    storeId: caller.storeId,
    scopes: new Set(['media:read', 'media:usage']),
    issuer: 'catalog',
  });
});

test('a file in the trash is absent', async () => {
  const [id, trashed] = [newId(), newId()];
  const trashedAt = '2026-11-23T09:00:00.000Z';
  const { directory } = await directoryOf(
    sending(answering(fileOf(trashed, { trashedAt }), fileOf(id))),
  );
  expect([...(await directory.find(caller, [trashed, id])).keys()]).toEqual([id]);
});

test('no files are no question', async () => {
  let calls = 0;
  const { directory } = await directoryOf(() => (calls += 1));
  expect((await directory.find(caller, [])).size).toBe(0);
  expect(calls).toBe(0);
});

const id = newId();
test.each<[string, Answer]>([
  ['500', sending(answering(fileOf(id)), 500)],
  ['503 in plain text', sending('busy', 503)],
  ['401', sending(answering(fileOf(id)), 401)],
  ['a redirect', (_request, response) => response.writeHead(302, { location: '/' }).end()],
  ['no JSON', sending('<html>')],
  ['an empty body', sending('')],
  ['no data', sending({})],
  ['null', sending('null')],
  ['null data', sending({ data: null })],
  ['errors beside the data', sending({ ...answering(null), errors: [{ message: 'no' }] })],
  ['fewer files than asked for', sending(answering())],
  ['more files than asked for', sending(answering(fileOf(id), fileOf(id)))],
  ['another file', sending(answering(fileOf(newId())))],
  ['a status it should not know', sending(answering(fileOf(id, { status: 'GONE' })))],
  ['a type it should not know', sending(answering(fileOf(id, { mediaType: 'HOLOGRAM' })))],
  ['no word of the trash', sending(answering(fileOf(id, { trashedAt: undefined })))],
  ['a number for an id', sending(answering(fileOf(id, { id: 7 })))],
  ['more than a megabyte', sending(JSON.stringify(answering(fileOf(id))) + ' '.repeat(1_100_000))],
  ['a broken connection', (request) => request.socket.destroy()],
  [
    'half an answer',
    (request, response) => {
      response.writeHead(200, { 'content-length': 1_000 }).write('{"data":', () => {
        request.socket.destroy();
      });
    },
  ],
])('%s is no answer', async (_what, answer) => {
  const { directory } = await directoryOf(answer);
  await expect(directory.find(caller, [id])).rejects.toThrow(MediaUnavailableError);
});

test.each<[string, Answer]>([
  ['says nothing', () => undefined],
  ['stops in the middle', (_request, response) => response.writeHead(200).write('{"data"')],
])('a CMS that %s is given up after the time limit', async (_what, answer) => {
  const { directory } = await directoryOf(answer, { timeoutMs: 50 });
  const error = await directory.find(caller, [id]).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(MediaUnavailableError);
  expect(error).toMatchObject({ cause: { name: 'TimeoutError' } });
});

test('a CMS that is down is unavailable, and found again when it is back', async () => {
  const { directory, server } = await directoryOf(sending(answering(fileOf(id))));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('No address.');
  expect((await directory.find(caller, [id])).size).toBe(1);
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  await expect(directory.find(caller, [id])).rejects.toThrow(MediaUnavailableError);
  server.listen(address.port, '127.0.0.1');
  await once(server, 'listening');
  expect((await directory.find(caller, [id])).size).toBe(1);
});
