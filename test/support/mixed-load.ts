import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { z } from 'zod';
import type { Graph } from './graph.ts';
import { plainJpeg } from './pictures.ts';

const PAGE =
  '{ products(first: 12) { nodes { name mediaAssociations { media { id url srcSet } } } } }';
/** The originals are fetched. A rendition may be refused with 503 when the machine is busy, restart or not. */
const LIBRARY = '{ mediaLibrary(first: 24) { nodes { id url srcSet } totalCount } }';
const Library = z.object({
  mediaLibrary: z.object({ nodes: z.array(z.object({ id: z.string(), url: z.string() })) }),
});
const Payload = z.looseObject({ userErrors: z.array(z.object({ code: z.string() })) });
const Entity = z.object({ id: z.string() });

/** A repeated upload has the same bytes. */
const hueOf = (key: string) => Number.parseInt(key.slice(0, 2), 16);

/** More at the same time are not started: the machine is too slow for the rate. */
const MAX_AT_ONCE = 60;

/** One attempt. */
export interface Failure {
  readonly operation: string;
  readonly reason: string;
  /** By `Date.now()`. */
  readonly startedAt: number;
  readonly endedAt: number;
}

/** How often a client that repeats requests sends one, and the pause before the next attempt. */
const ATTEMPTS = 20;
const PAUSE_MS = 500;
/**
 * What a client can do nothing about but repeat: connections that break, pages of the proxy instead of JSON, and the
 * codes that ask for it.
 */
const REPEATED =
  /fetch failed|terminated|other side closed|ECONNRESET|is not valid JSON|SUBGRAPH_UNAVAILABLE|OVERLOADED|TIMEOUT|MEDIA_UNAVAILABLE|status 50[234]/;

export interface LoadResult {
  /** Completed requests by operation. */
  readonly done: Readonly<Record<string, number>>;
  readonly failures: readonly Failure[];
  /** Attempts that were repeated. */
  readonly repeated: readonly Failure[];
  /** Files whose upload was acknowledged. */
  readonly uploaded: readonly string[];
  /** Files by product whose attachment was acknowledged. */
  readonly attached: ReadonlyMap<string, string>;
}

/**
 * Starts pages, library pages, images, mutations and uploads of a client at a fixed rate, no matter how long they take.
 * Unless it `repeats`, each response that is not complete is a failure.
 */
export function startMixedLoad(
  graph: Graph,
  { perSecond, repeats = false }: { perSecond: number; repeats?: boolean },
) {
  const done: Record<string, number> = {};
  const failures: Failure[] = [];
  const repeated: Failure[] = [];
  const uploaded: string[] = [];
  const attached = new Map<string, string>();
  const running = new Set<Promise<void>>();
  let images: readonly string[] = [];
  let isOver = false;

  const ask = async (query: string, variables = {}) => {
    const { data, errors } = await graph.ask(query, variables);
    if (errors) throw new Error(JSON.stringify(errors).slice(0, 300));
    return data;
  };
  async function mutate(field: string, input: object, selection = '') {
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} userErrors { code } } }`;
    const payload = Payload.parse((await ask(query, { input }))?.[field]);
    if (payload.userErrors.length > 0) throw new Error(JSON.stringify(payload.userErrors));
    return payload;
  }
  const upload = async (key: string) => {
    const { mediaFile, userErrors } = await graph.upload(await plainJpeg(hueOf(key)), {
      details: { title: key },
      key,
    });
    if (!mediaFile) throw new Error(JSON.stringify(userErrors));
    uploaded.push(mediaFile.id);
    return mediaFile.id;
  };
  /** Each gets a separate key, which is the same when it is repeated. */
  const operations: Readonly<Record<string, (key: string) => Promise<unknown>>> = {
    page: () => ask(PAGE),
    async library() {
      const { mediaLibrary } = Library.parse(await ask(LIBRARY));
      images = mediaLibrary.nodes.map(({ url }) => url);
    },
    async image() {
      const url = images[Math.floor(Math.random() * images.length)];
      if (!url) return;
      const response = await fetch(url);
      const body = await response.arrayBuffer();
      if (response.status !== 200) {
        throw new Error(`status ${response.status}: ${Buffer.from(body).toString().slice(0, 300)}`);
      }
    },
    async retitle() {
      const id = uploaded.at(-1);
      if (id) await mutate('updateMedia', { id, details: { title: randomUUID() } });
    },
    async attach() {
      const mediaId = uploaded.at(-1);
      if (!mediaId) return;
      const created = { sku: randomUUID(), name: 'A chair' };
      const { product } = await mutate('createProduct', created, 'product { id }');
      const productId = Entity.parse(product).id;
      await mutate('attachMediaToProduct', { productId, mediaId });
      attached.set(productId, mediaId);
    },
    async post() {
      const { post } = await mutate(
        'createPost',
        { title: 'A story', body: 'Once.' },
        'post { id }',
      );
      const mediaId = uploaded.at(-1);
      if (mediaId) await mutate('attachMediaToPost', { postId: Entity.parse(post).id, mediaId });
    },
    async artwork() {
      const { artwork } = await mutate('createArtwork', { title: 'A painting' }, 'artwork { id }');
      const mediaId = uploaded.at(-1);
      if (!mediaId) return;
      await mutate('attachMediaToArtwork', { artworkId: Entity.parse(artwork).id, mediaId });
    },
    upload,
  };
  // In turn: how many of 20 requests.
  const mix = Object.entries({
    page: 7,
    library: 2,
    image: 3,
    retitle: 2,
    attach: 1,
    post: 1,
    artwork: 1,
    upload: 3,
  }).flatMap(([operation, count]) => Array.from({ length: count }, () => operation));

  async function run(operation: string) {
    const key = randomUUID();
    for (let left = repeats ? ATTEMPTS : 1; left > 0; left -= 1) {
      const failure = await attempt(operation, key);
      if (!failure) return;
      const isLast = left === 1 || !REPEATED.test(failure.reason);
      (isLast ? failures : repeated).push(failure);
      if (isLast) return;
      await sleep(PAUSE_MS);
    }
  }

  async function attempt(operation: string, key: string): Promise<Failure | undefined> {
    const startedAt = Date.now();
    try {
      await operations[operation]?.(key);
      done[operation] = (done[operation] ?? 0) + 1;
      return undefined;
    } catch (error) {
      return { operation, reason: inspect(error), startedAt, endedAt: Date.now() };
    }
  }

  async function generate() {
    for (let index = 0; !isOver; index += 7) {
      await sleep(1_000 / perSecond);
      if (running.size >= MAX_AT_ONCE) continue;
      const work = run(mix[index % mix.length] ?? 'page');
      running.add(work);
      void work.then(() => running.delete(work));
    }
  }
  const generating = generate();

  return {
    failures: () => failures.length,
    async stop(): Promise<LoadResult> {
      isOver = true;
      await generating;
      await Promise.all(running);
      return { done, failures, repeated, uploaded, attached };
    },
  };
}
