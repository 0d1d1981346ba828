import { text } from 'node:stream/consumers';
import { createTokenVerifier } from '@federated-media/subgraph-kit/identity';
import { newId } from '@federated-media/subgraph-kit/ids';
import {
  TIMEOUT_HEADER,
  beginRequest,
  duringRequest,
} from '@federated-media/subgraph-kit/request-life';
import { afterEach, expect, test } from 'vitest';
import { MediaUnavailableError } from './media-unavailable.ts';
import { type Reply, openScriptedCms, secrets, sending } from './testing/scripted-cms.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function clientOf(reply: Reply, options?: { timeoutMs?: number }) {
  const cms = await openScriptedCms(reply, options);
  closers.push(cms.close);
  return cms;
}

const claimOf = (mediaId: string) => ({
  usageId: newId(),
  mediaId,
  entityType: 'Note',
  entityId: newId(),
  role: 'COVER',
  label: 'Note: Ideas',
  url: null,
  claimVersion: 1,
});
const fileOf = (id: string, more: object = {}) => ({
  id,
  mediaType: 'IMAGE',
  status: 'READY',
  ...more,
});
const answering = (...mediaFiles: unknown[]) => ({
  data: { claimMediaUsages: { mediaFiles, userErrors: [] } },
});
const refusing = (...userErrors: unknown[]) => ({
  data: { claimMediaUsages: { mediaFiles: [], userErrors } },
});
const refusal = (place: number) => ({
  code: 'NOT_FOUND',
  message: 'The file does not exist.',
  field: ['input', String(place), 'mediaId'],
});

test('claims all files in one request, with a token of the consumer for one store', async () => {
  const [picture, film] = [newId(), newId()];
  const requests: {
    url: unknown;
    authorization: string | undefined;
    body: { variables: object };
  }[] = [];
  const { client } = await clientOf(async (request, response) => {
    const { authorization } = request.headers;
    const body = JSON.parse(await text(request)) as { variables: object };
    requests.push({ url: request.url, authorization, body });
    const film1 = fileOf(film, { mediaType: 'VIDEO', status: 'PROCESSING' });
    sending(answering(film1, fileOf(picture)))(request, response);
  });

  const claims = [claimOf(picture), claimOf(film), claimOf(picture)];
  const { files, rejected, isCertain } = await client.claim('store-a', claims);
  expect([...files].toSorted(([one], [other]) => (one < other ? -1 : 1))).toEqual([
    [picture, { status: 'READY', mediaType: 'IMAGE' }],
    [film, { status: 'PROCESSING', mediaType: 'VIDEO' }],
  ]);
  expect([rejected.size, isCertain]).toEqual([0, true]);
  expect(requests).toHaveLength(1);
  expect(requests[0]?.url).toBe('/graphql');
  expect(requests[0]?.body.variables).toEqual({ input: claims });
  const verifier = createTokenVerifier({ secrets, audience: 'cms' });
  expect(await verifier.verify(requests[0]?.authorization)).toEqual({
    subject: 'notes',
    storeId: 'store-a',
    scopes: new Set(['media:read', 'media:usage']),
    issuer: 'notes',
  });
});

test('reports rejected claims by their index, and then nothing is claimed', async () => {
  const { client } = await clientOf(sending(refusing(refusal(0), refusal(2))));
  const answer = await client.claim('store-a', [claimOf(newId()), claimOf(id), claimOf(newId())]);
  expect([...answer.rejected]).toEqual([
    [0, 'NOT_FOUND'],
    [2, 'NOT_FOUND'],
  ]);
  expect(answer.files.size).toBe(0);
});

test('retries failed requests, and a rejection after a retry does not prove that nothing was claimed', async () => {
  let asked = 0;
  const { client } = await clientOf((request, response) => {
    asked += 1;
    if (asked < 3) request.socket.destroy();
    else sending(refusing(refusal(0)))(request, response);
  });
  const answer = await client.claim('store-a', [claimOf(newId())]);
  expect([answer.isCertain, answer.rejected.size, asked]).toEqual([false, 1, 3]);
});

const id = newId();
test.each<[string, Reply]>([
  ['500', sending(answering(fileOf(id)), 500)],
  ['503 in plain text', sending('busy', 503)],
  ['401', sending(answering(fileOf(id)), 401)],
  ['a redirect', (_request, response) => response.writeHead(302, { location: '/' }).end()],
  ['no JSON', sending('<html>')],
  ['an empty body', sending('')],
  ['no data', sending({})],
  ['null', sending('null')],
  ['null data', sending({ data: null })],
  ['errors next to the data', sending({ ...answering(fileOf(id)), errors: [{ message: 'no' }] })],
  ['fewer files than asked for', sending(answering())],
  ['another file', sending(answering(fileOf(newId())))],
  ['a status it should not know', sending(answering(fileOf(id, { status: 'GONE' })))],
  ['a type it should not know', sending(answering(fileOf(id, { mediaType: 'HOLOGRAM' })))],
  ['a number for an id', sending(answering(fileOf(id, { id: 7 })))],
  ['a refusal of nothing in particular', sending(refusing({ ...refusal(0), field: null }))],
  ['a refusal of another claim', sending(refusing(refusal(1)))],
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
])('rejects a response: %s', async (_what, reply) => {
  const { client } = await clientOf(reply);
  await expect(client.claim('store-a', [claimOf(id)])).rejects.toThrow(MediaUnavailableError);
});

test.each<[string, Reply]>([
  ['says nothing', () => undefined],
  ['stops in the middle', (_request, response) => response.writeHead(200).write('{"data"')],
])('stops after the time limit when the CMS %s', async (_what, reply) => {
  const { client } = await clientOf(reply, { timeoutMs: 50 });
  const error = await client.claim('store-a', [claimOf(id)]).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(MediaUnavailableError);
  expect(error).toMatchObject({ cause: { name: 'TimeoutError' } });
});

test('reports an unavailable CMS, and reaches it again when it is back', async () => {
  const cms = await clientOf(sending(answering(fileOf(id))));
  const claim = () => cms.client.claim('store-a', [claimOf(id)]);
  expect((await claim()).files.size).toBe(1);
  await cms.goDown();
  await expect(claim()).rejects.toThrow(MediaUnavailableError);
  await cms.comeBack();
  expect((await claim()).files.size).toBe(1);
});

test('a wait for changes can be aborted', async () => {
  const stop = new AbortController();
  const { client } = await clientOf(() => stop.abort());
  const question = { after: null, first: 10, waitSeconds: 20, signal: stop.signal };
  await expect(client.changes(question)).rejects.toThrow(MediaUnavailableError);
});

test('reports whether a file exists, is in the trash or was purged', async () => {
  const files = [
    { version: 3, trashedAt: null },
    { version: 4, trashedAt: '2026-11-24T09:00:00.000Z' },
    null,
  ];
  const { client } = await clientOf((request, response) =>
    sending({ data: { mediaFile: files.shift() } })(request, response),
  );
  expect(await client.fileState('store-a', id)).toEqual({ state: 'ACTIVE', version: 3 });
  expect(await client.fileState('store-a', id)).toEqual({ state: 'TRASHED', version: 4 });
  expect(await client.fileState('store-a', id)).toBeNull();
});

test('stops waiting for a hanging CMS before the time of the request is over', async () => {
  const sent: unknown[] = [];
  const { client } = await clientOf(({ headers }) => sent.push(headers[TIMEOUT_HEADER]));
  const { life, end } = beginRequest(400);
  const claim = duringRequest(life, () => client.claim('demo', [claimOf(newId())]));
  await expect(claim).rejects.toThrow(MediaUnavailableError);
  expect(life.signal.aborted).toBe(false);
  end({ answered: true });
  expect(sent).toHaveLength(1);
  expect(Number(sent[0])).toBeLessThan(400);
});

test('sends no more for a request that has ended', async () => {
  let asked = 0;
  const { life, end } = beginRequest();
  const { client } = await clientOf(() => {
    asked += 1;
    end({ answered: false });
  });
  const claim = duringRequest(life, () => client.claim('demo', [claimOf(newId())]));
  await expect(claim).rejects.toThrow(MediaUnavailableError);
  expect(asked).toBe(1);
});
