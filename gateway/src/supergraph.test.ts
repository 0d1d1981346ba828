import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deriveKey } from '@federated-media/subgraph-kit/secrets';
import { pino } from 'pino';
import { afterEach, expect, test, vi } from 'vitest';
import { watchSupergraph } from './supergraph-file.ts';
import { composed } from './testing/one-subgraph.ts';
import {
  SECRET,
  ask,
  closeAll,
  logLines,
  openPlatform,
  openRudeSubgraph,
  sendJson,
} from './testing/platform.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).toReversed()) await cleanUp();
  await closeAll();
});

const PICTURE = '{ picture(id: 1) { name } }';

async function openWriter() {
  const held: ServerResponse[] = [];
  const asked: string[] = [];
  const url = await openRudeSubgraph((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/health/ready') return sendJson(response, {});
    return held.push(response);
  });
  return { url, held, asked, sdl: composed('writer', url, 'type Query { poem: String }') };
}

test('serves a new graph at once, with its subgraphs and without those of the old one', async () => {
  const { url, supergraph, media, shop } = await openPlatform();
  expect((await ask(url, PICTURE)).data).toEqual({ picture: { name: 'image 1' } });
  const writer = await openWriter();
  await supergraph.replace(writer.sdl);
  await Promise.all([media.close(), shop.close()]);

  const asking = ask(url, '{ poem }');
  await vi.waitFor(() => expect(writer.held).toHaveLength(1));
  sendJson(writer.held[0]!, { data: { poem: 'ebb' } });
  expect((await asking).data).toEqual({ poem: 'ebb' });
  expect((await ask(url, PICTURE)).errors).toMatchObject([
    { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } },
  ]);
  const ready = await fetch(`${url}/health/ready`);
  expect(await ready.json()).toEqual({ status: 'ready', subgraphs: ['writer'] });
});

test('does not serve a subgraph that the gateway has no key for, and works with the keys that it has', async () => {
  const names = ['gateway/media', 'gateway/shop'];
  const internalSecrets = new Map(
    names.map((name) => [name, [deriveKey(SECRET, `token/${name}`)]]),
  );
  const { url, supergraph } = await openPlatform({ internalSecrets });
  const writer = await openWriter();
  await expect(supergraph.replace(writer.sdl)).rejects.toThrow(
    'INTERNAL_KEYS: the key gateway/writer is missing',
  );
  expect((await ask(url, PICTURE)).data).toEqual({ picture: { name: 'image 1' } });
  const opening = openPlatform({ internalSecrets: new Map() });
  await expect(opening).rejects.toThrow('INTERNAL_KEYS: the key gateway/media is missing');
});

test('running operations finish with their graph and connections', async () => {
  const { url, supergraph, sdl } = await openPlatform();
  const writer = await openWriter();
  await supergraph.replace(writer.sdl);
  const asking = ask(url, '{ poem }');
  await vi.waitFor(() => expect(writer.held).toHaveLength(1));
  await supergraph.replace(sdl);
  expect((await ask(url, PICTURE)).data).toEqual({ picture: { name: 'image 1' } });
  sendJson(writer.held[0]!, { data: { poem: 'flow' } });
  expect((await asking).data).toEqual({ poem: 'flow' });
});

test('rejects an invalid graph and keeps the current one', async () => {
  const { url, supergraph, sdl } = await openPlatform();
  for (const broken of [
    '',
    'type Query {',
    'type Query { a: Int }',
    sdl.slice(0, sdl.length / 2),
  ]) {
    await expect(supergraph.replace(broken)).rejects.toThrow();
    expect((await ask(url, PICTURE)).data).toEqual({ picture: { name: 'image 1' } });
  }
});

test('a new graph does not change the URLs of settings', async () => {
  const media = await openRudeSubgraph((_request, response) =>
    sendJson(response, { data: { picture: { name: 'elsewhere' } } }),
  );
  const { url, supergraph, sdl } = await openPlatform({ subgraphUrls: { media } });
  await supergraph.replace(`${sdl}\n# another text`);
  expect((await ask(url, PICTURE)).data).toEqual({ picture: { name: 'elsewhere' } });
});

/** A gateway that watches a file, which is written in the way `how`. */
async function follow() {
  const platform = await openPlatform();
  const folder = await mkdtemp(join(tmpdir(), 'supergraph-'));
  const path = join(folder, 'supergraph.graphql');
  await writeFile(path, platform.sdl);
  const lines: string[] = [];
  const serve = vi.fn<(sdl: string) => Promise<void>>((sdl) => platform.supergraph.replace(sdl));
  const watch = watchSupergraph({
    path,
    serve,
    logger: pino({ level: 'warn' }, { write: (line: string) => lines.push(line) }),
    pollMs: 20,
  });
  cleanups.push(
    () => rm(folder, { recursive: true }),
    () => watch.stop(),
  );
  await vi.waitFor(() => expect(serve).toHaveBeenCalledTimes(1));
  return { ...platform, path, folder, serve, lines };
}

test('serves a replaced file, and rejects an invalid one once until it is fixed', async () => {
  const { path, folder, serve, lines, url, sdl } = await follow();
  expect(logLines().filter(({ msg }) => msg === 'supergraph replaced')).toEqual([]);
  const writer = await openWriter();
  await writeFile(join(folder, 'new'), writer.sdl);
  await rename(join(folder, 'new'), path);
  await vi.waitFor(async () => {
    expect((await ask(url, '{ __type(name: "Query") { fields { name } } }')).text).toContain(
      'poem',
    );
  });

  await writeFile(path, sdl.slice(0, 500));
  await vi.waitFor(() => expect(lines).toHaveLength(1));
  expect(lines[0]).toContain('keeping the previous one');
  await rm(path);
  await vi.waitFor(() => expect(lines).toHaveLength(2));
  await writeFile(path, sdl);
  await vi.waitFor(async () => {
    expect((await ask(url, PICTURE)).data).toEqual({ picture: { name: 'image 1' } });
  });
  expect(lines).toHaveLength(2);
  expect(serve).toHaveBeenCalledTimes(4);
});
