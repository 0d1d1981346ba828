import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { z } from 'zod';
import { uploadThroughGraph } from '../upload/client.ts';
import { jpegOfNoise, withComment } from '../upload/files.ts';
import type { Operation } from './kill-points.ts';

/** A request without a response by then counts as failed: its effect is unknown. */
const PATIENCE_MS = 6_000;
const CHECK_WITHIN_MS = 60_000;
const CLIENTS = 3;
const PAUSE_MS = 20;

const Answer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.unknown()).optional(),
});
const Payload = z.looseObject({ userErrors: z.array(z.looseObject({ code: z.string() })) });
const Id = z.object({ id: z.string() });
const Checksum = z.object({ checksum: z.string() }).nullable();
const Url = z.object({ url: z.string() });
const Shown = z.object({
  mediaAssociations: z.array(z.object({ media: Id.nullable() })),
});

export interface Counts {
  uploads: number;
  attachments: number;
  removals: number;
  renditions: number;
  failed: number;
}

/**
 * Clients of a gateway that remember what was acknowledged: files with their checksum, and files of products. A file
 * whose removal was requested counts as removed, whatever the response was.
 */
export async function createWorkload(gatewayUrl: string, random: () => number) {
  let pool = new Pool(gatewayUrl, { connections: 32 });
  const photograph = await jpegOfNoise({ width: 800, height: 600 });
  const counts: Counts = { uploads: 0, attachments: 0, removals: 0, renditions: 0, failed: 0 };
  const files = new Map<string, string>();
  const attachments = new Map<string, string>();
  const used = new Set<string>();
  /** Not yet checked. */
  let recent: { files: string[]; products: string[] } = { files: [], products: [] };
  let running: Promise<unknown>[] = [];
  let isOver = true;

  async function ask(query: string, variables = {}) {
    const { body } = await pool.request({
      method: 'POST',
      path: '/graphql',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const { data, errors } = Answer.parse(await body.json());
    if (errors) throw new Error(JSON.stringify(errors));
    return data ?? {};
  }
  async function mutate(field: string, type: string, input: object, selection = '') {
    const query = `mutation ($input: ${type}!) { it: ${field}(input: $input) { ${selection} userErrors { code } } }`;
    const payload = Payload.parse((await ask(query, { input }))['it']);
    if (payload.userErrors.length > 0) throw new Error(JSON.stringify(payload.userErrors));
    return payload;
  }
  /** One that nobody uses or removes. */
  const anyFile = (): string | undefined => {
    const free = [...files.keys()].filter((id) => !used.has(id));
    return free[Math.floor(random() * free.length)];
  };

  async function upload(atHalf: () => void) {
    const bytes = withComment(photograph, randomUUID());
    const checksum = createHash('sha256').update(bytes).digest('hex');
    const body = halvesOf(bytes, atHalf);
    const sent = uploadThroughGraph(pool, {
      filename: 'photograph.jpg',
      mimeType: 'image/jpeg',
      body,
    });
    sent.catch(() => {}); // it may fail after this gave up
    const file = await Promise.race([sent, gaveUp()]);
    if (file.checksum !== checksum) throw new Error('Other bytes were acknowledged.');
    files.set(file.id, checksum);
    recent.files.push(file.id);
    counts.uploads += 1;
  }
  async function attach() {
    const mediaId = anyFile();
    if (!mediaId) return;
    used.add(mediaId);
    const created = { sku: randomUUID(), name: 'A chair' };
    const { product } = await mutate(
      'createProduct',
      'CreateProductInput',
      created,
      'product { id }',
    );
    const productId = Id.parse(product).id;
    await mutate('attachMediaToProduct', 'AttachMediaToProductInput', { productId, mediaId });
    attachments.set(productId, mediaId);
    recent.products.push(productId);
    counts.attachments += 1;
  }
  async function remove() {
    const id = anyFile();
    if (!id) return;
    files.delete(id);
    await mutate('deleteMedia', 'DeleteMediaInput', { id });
    if (random() < 0.5) await mutate('purgeMedia', 'MediaIdInput', { id });
    counts.removals += 1;
  }
  async function render() {
    const id = anyFile();
    if (!id) return;
    const width = 16 + Math.floor(random() * 200);
    const data = await ask(
      'query ($id: ID!, $width: Int!) { mediaFile(id: $id) { url(transform: { width: $width }) } }',
      { id, width },
    );
    const { url } = Url.parse(data['mediaFile']);
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    await response.arrayBuffer();
    if (response.status === 200) counts.renditions += 1;
  }
  const operations = { upload, attach, remove, render };

  /** Failures are expected while a fault lasts. */
  async function run(operation: Operation, atHalf: () => void = () => {}) {
    try {
      await operations[operation](atHalf);
    } catch {
      counts.failed += 1;
    }
  }

  async function client() {
    const kinds = ['upload', 'attach', 'render', 'upload', 'remove'] as const;
    while (!isOver) {
      await run(kinds[Math.floor(random() * kinds.length)] ?? 'upload');
      await sleep(PAUSE_MS);
    }
  }

  return {
    counts,
    run,
    /** Resolves when each kind of operation was acknowledged. */
    async start(): Promise<void> {
      const { uploads, attachments, removals, renditions } = counts;
      isOver = false;
      running = Array.from({ length: CLIENTS }, client);
      await eventually('each operation succeeds', async () => {
        const isSeen = counts.attachments > attachments && counts.removals > removals;
        return isSeen && counts.uploads > uploads && counts.renditions > renditions;
      });
    },
    async stop() {
      isOver = true;
      await Promise.all(running);
      // Its connections may still be in a black hole.
      await pool.destroy();
      pool = new Pool(gatewayUrl, { connections: 32 });
    },
    /** Waits until the platform serves an upload again. */
    async untilServing(): Promise<void> {
      await eventually('an upload succeeds', async () => {
        const before = counts.uploads;
        await upload(() => {});
        return counts.uploads > before;
      });
    },
    /** Returns what was acknowledged since the last check, and is missing. */
    async findLost(): Promise<string[]> {
      const { files: ids, products } = recent;
      recent = { files: [], products: [] };
      const lost: string[] = [];
      for (const id of ids) {
        const expected = files.get(id);
        const read = async () =>
          Checksum.parse(
            (await ask('query ($id: ID!) { mediaFile(id: $id) { checksum } }', { id }))[
              'mediaFile'
            ],
          );
        if (expected && (await settled(read))?.checksum !== expected) lost.push(`file ${id}`);
      }
      for (const id of products) {
        const query =
          'query ($id: ID!) { product(id: $id) { mediaAssociations { media { id } } } }';
        const read = async () => Shown.nullable().parse((await ask(query, { id }))['product']);
        const shown = (await settled(read))?.mediaAssociations.map(({ media }) => media?.id);
        if (!shown?.includes(attachments.get(id) ?? '')) lost.push(`file of product ${id}`);
      }
      return lost;
    },
    close: () => pool.destroy(),
  };
}
export type Workload = Awaited<ReturnType<typeof createWorkload>>;

/** The reader asks for the second half when the first one was sent. */
function* halvesOf(bytes: Buffer, atHalf: () => void): Generator<Buffer> {
  const middle = Math.floor(bytes.length / 2);
  yield bytes.subarray(0, middle);
  atHalf();
  yield bytes.subarray(middle);
}

async function gaveUp(): Promise<never> {
  await sleep(PATIENCE_MS, undefined, { ref: false });
  throw new Error('No response in time.');
}

/** Repeats `read` while it fails. */
async function settled<Result>(read: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + CHECK_WITHIN_MS;
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(200);
    }
  }
}

/** Waits until `holds`; a failure counts as not yet. */
export async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + CHECK_WITHIN_MS;
  let reason: unknown;
  while (performance.now() < deadline) {
    try {
      if (await holds()) return;
    } catch (error) {
      reason = error;
    }
    await sleep(200);
  }
  throw new Error(`Not within ${CHECK_WITHIN_MS / 1000} s: ${what}`, { cause: reason });
}
