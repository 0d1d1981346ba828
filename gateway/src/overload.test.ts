import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterEach, expect, test, vi } from 'vitest';
import { postForm } from './testing/form.ts';
import {
  type PlatformOptions,
  ask,
  closeAll,
  logLines,
  openPlatform,
  openRudeSubgraph,
  readAnswer,
  sendJson,
} from './testing/platform.ts';
import { bySecret, signed } from './testing/tokens.ts';

afterEach(closeAll);

const PICTURE = '{ picture(id: 1) { name } }';

/** A `media` subgraph that does not respond until it is released. */
async function openHanging(
  connectionLimits: { connections: number; waiting: number; uploads: number },
  options: Pick<PlatformOptions, 'keys'> = {},
) {
  const held: ServerResponse[] = [];
  const probes: number[] = [];
  const media = await openRudeSubgraph((request, response) => {
    request.resume();
    if (request.url !== '/health/ready') return held.push(response);
    probes.push(held.length);
    return sendJson(response, {});
  });
  const { url } = await openPlatform({ ...options, subgraphUrls: { media }, connectionLimits });
  const letGo = () => {
    for (const response of held.splice(0)) sendJson(response, { data: { picture: null } });
  };
  return { url, held, probes, letGo };
}

test('a subgraph that hangs does not affect the others, whatever its load', async () => {
  const limits = { connections: 8, waiting: 1_000, uploads: 1 };
  const { url, held, probes, letGo } = await openHanging(limits);
  const hanging = Array.from({ length: 500 }, () => ask(url, PICTURE));
  await vi.waitFor(() => expect(held).toHaveLength(8));
  for (let round = 0; round < 20; round += 1) {
    expect((await ask(url, '{ items { id } }')).data).toHaveProperty('items.2.id', '3');
  }
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  expect(held).toHaveLength(8);
  expect(probes).toEqual([8]);
  const freeing = setInterval(letGo, 5);
  const answers = await Promise.all(hanging);
  clearInterval(freeing);
  expect(new Set(answers.map(({ text }) => text))).toEqual(
    new Set(['{"data":{"picture":null}}\n']),
  );
});

test('rejects without a free place: with 503 if nothing was returned, otherwise as an error in the response', async () => {
  const { url, held, letGo } = await openHanging({ connections: 1, waiting: 1, uploads: 1 });
  const answers: Awaited<ReturnType<typeof ask>>[] = [];
  const asking = Array.from({ length: 12 }, async () => answers.push(await ask(url, PICTURE)));
  await vi.waitFor(() => expect([held.length, answers.length]).toEqual([1, 10]));
  for (const { status, headers, errors } of answers.splice(0)) {
    expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    const requestId: unknown = expect.any(String);
    expect(errors).toMatchObject([{ extensions: { code: 'OVERLOADED', requestId } }]);
  }
  expect(
    logLines().filter(({ msg }) => msg === 'subgraph overloaded; rejecting calls'),
  ).toHaveLength(1);

  const part = await ask(url, '{ items { id } picture(id: 1) { name } }');
  expect([part.status, part.headers.get('retry-after')]).toEqual([200, null]);
  expect(part.data).toMatchObject({ items: [{ id: '1' }, {}, {}], picture: null });
  expect(part.errors).toMatchObject([{ extensions: { code: 'OVERLOADED' } }]);

  const freeing = setInterval(letGo, 5);
  await Promise.all(asking);
  clearInterval(freeing);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
});

test('uploads and other requests have separate places, and no upload waits', async () => {
  const { url, held, letGo } = await openHanging({ connections: 1, waiting: 1, uploads: 1 });
  const form = {
    query: 'mutation ($file: Upload!) { upload(file: $file) { size } }',
    files: [{ path: 'file', bytes: randomBytes(1_000) }],
  };
  const upload = postForm(url, form);
  await vi.waitFor(() => expect(held).toHaveLength(1));
  const call = ask(url, PICTURE);
  await vi.waitFor(() => expect(held).toHaveLength(2));
  const refused = await readAnswer(await postForm(url, form));
  expect(refused.status).toBe(503);
  expect(refused.errors).toMatchObject([{ extensions: { code: 'OVERLOADED' } }]);
  letGo();
  expect([(await upload).status, (await call).status]).toEqual([200, 200]);
});

test('uploads of one store take at most half of the places, and other stores the rest', async () => {
  const limits = { connections: 1, waiting: 1, uploads: 4 };
  const { url, held, letGo } = await openHanging(limits, { keys: bySecret });
  const form = {
    query: 'mutation ($file: Upload!) { upload(file: $file) { size } }',
    files: [{ path: 'file', bytes: randomBytes(1_000) }],
  };
  const upload = async (storeId: string) =>
    postForm(url, form, {
      authorization: `Bearer ${await signed({ claims: { store_id: storeId } })}`,
    });
  const running = [upload('a'), upload('a')];
  await vi.waitFor(() => expect(held).toHaveLength(2));
  const refused = await readAnswer(await upload('a'));
  expect(refused.status).toBe(503);
  expect(refused.errors).toMatchObject([
    {
      message: 'The store has 2 uploads in progress, the maximum. Try again when one has ended.',
      extensions: { code: 'OVERLOADED' },
    },
  ]);
  running.push(upload('b'));
  await vi.waitFor(() => expect(held).toHaveLength(3));
  letGo();
  expect((await Promise.all(running)).map(({ status }) => status)).toEqual([200, 200, 200]);
});

test('a full disk of a subgraph is reported with status 507', async () => {
  const media = await openRudeSubgraph((request, response) => {
    request.resume();
    const extensions = { code: 'INSUFFICIENT_STORAGE' };
    sendJson(response, { data: null, errors: [{ message: 'The storage is full.', extensions }] });
  });
  const { url } = await openPlatform({ subgraphUrls: { media } });
  const { status, headers, errors } = await ask(url, PICTURE);
  expect([status, headers.get('retry-after')]).toEqual([507, '1']);
  expect(errors).toMatchObject([
    { message: 'The storage is full.', extensions: { code: 'INSUFFICIENT_STORAGE' } },
  ]);
});
