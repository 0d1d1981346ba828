import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '@federated-media/stack/stack';
import { Pool } from 'undici';
import { printTable, verdict } from '../table.ts';
import { uploadThroughGraph } from '../upload/client.ts';
import { distinctJpegs } from '../upload/files.ts';
import { type Entities, createEntities } from './graph.ts';

const ROUNDS = 100;
const MAX_MS = 1_000;
const FILES_AT_ONCE = 100;

const ATTACH_EVERYWHERE = `mutation ($product: ID!, $artwork: ID!, $post: ID!, $media: ID!) {
  attachMediaToProduct(input: { productId: $product, mediaId: $media }) { userErrors { code } }
  attachMediaToArtwork(input: { artworkId: $artwork, mediaId: $media }) { userErrors { code } }
  attachMediaToPost(input: { postId: $post, mediaId: $media }) { userErrors { code } }
}`;
const TRASH =
  'mutation ($id: ID!) { deleteMedia(input: { id: $id, force: true }) { userErrors { code } } }';
const RESTORE = 'mutation ($id: ID!) { restoreMedia(input: { id: $id }) { userErrors { code } } }';
const ATTACH_MANY = `mutation ($input: AttachMediaFilesToProductInput!) {
  attachMediaFilesToProduct(input: $input) { userErrors { code } }
}`;

/**
 * Measures the time from the response to a forced delete until a product, an artwork and a post no longer return the
 * file.
 */
export async function benchHiding(stack: Stack) {
  const gateway = new Pool(stack.gatewayUrl);
  const entities = createEntities(gateway);
  const ids = await entities.make('BENCH-1');
  const media = await uploadOne(gateway);
  await entities.ask(ATTACH_EVERYWHERE, { ...Object.fromEntries(ids), media });

  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await untilShown(entities, ids, 1);
    await entities.ask(TRASH, { id: media });
    const started = performance.now();
    await untilShown(entities, ids, 0);
    times.push(performance.now() - started);
    await entities.ask(RESTORE, { id: media });
  }
  await gateway.close();
  const sorted = times.toSorted((a, b) => a - b);
  const p99 = sorted[Math.ceil(ROUNDS * 0.99) - 1] ?? 0;
  printTable(`From a delete until three consumers hide the file, ${ROUNDS} times`, [
    ['median', ms(sorted[ROUNDS / 2] ?? 0)],
    ['p99', ms(p99), `at most ${ms(MAX_MS)}: ${verdict(p99 <= MAX_MS)}`],
  ]);
}

/** Counts the statements of the catalog and the claims of the CMS for attaching a hundred files at once. */
export async function benchAttaching(stack: Stack) {
  const gateway = new Pool(stack.gatewayUrl);
  const entities = createEntities(gateway);
  const productId = (await entities.make('BENCH-2')).get('product');
  const mediaIds: string[] = [];
  for (const body of await distinctJpegs(FILES_AT_ONCE)) {
    mediaIds.push((await uploadThroughGraph(gateway, { ...JPEG, body })).id);
  }
  const counted = () => ({
    // Statements about products; those of outbox and feed run every second.
    statements: linesOf(stack, 'catalog', 'product_media').length,
    claims: linesOf(stack, 'cms', 'INSERT INTO media_usages').length,
  });
  await sleep(1_000);
  const before = counted();
  const started = performance.now();
  const items = mediaIds.map((mediaId) => ({ mediaId }));
  await entities.ask(ATTACH_MANY, { input: { productId, items } });
  const took = performance.now() - started;
  await sleep(1_000);
  const after = counted();
  await gateway.close();
  const statements = after.statements - before.statements;
  const claims = after.claims - before.claims;
  printTable(`Attaching ${FILES_AT_ONCE} files to a product at once`, [
    ['time', ms(took)],
    ['statements of the catalog', `${statements}`, `at most 2: ${verdict(statements <= 2)}`],
    ['claim calls', `${claims}`, `one: ${verdict(claims === 1)}`],
  ]);
}

const JPEG = { filename: 'photo.jpg', mimeType: 'image/jpeg' };

async function uploadOne(gateway: Pool): Promise<string> {
  const [body = Buffer.alloc(0)] = await distinctJpegs(1);
  return (await uploadThroughGraph(gateway, { ...JPEG, body })).id;
}

async function untilShown(entities: Entities, ids: ReadonlyMap<string, string>, count: number) {
  await Promise.all(
    [...ids].map(async ([field, id]) => {
      while ((await entities.countOf(field, id)) !== count) await sleep(2);
    }),
  );
}

const linesOf = (stack: Stack, name: string, text: string): string[] =>
  stack.processes
    .filter((module) => module.name === name)
    .flatMap((module) => module.lines())
    .filter((line) => line.includes('"msg":"sql"') && line.includes(text));

const ms = (value: number): string => `${value.toFixed(0)} ms`;
