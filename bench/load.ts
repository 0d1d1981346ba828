import { finished } from 'node:stream/promises';
import { Pool } from 'undici';

/** Runs `work` over `items`, `atOnce` at a time. In seconds. */
export async function inParallel<Item>(
  items: Iterable<Item>,
  { atOnce, work }: { atOnce: number; work: (item: Item) => Promise<unknown> },
): Promise<number> {
  const queue = items[Symbol.iterator]();
  const started = performance.now();
  const lane = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return (performance.now() - started) / 1000;
}

/** Requests a URL and reads the response; returns its size and status. */
export function createFetcher(origin: string, connections: number) {
  const pool = new Pool(origin, { connections });
  return {
    async get(path: string, headers: Record<string, string> = {}) {
      const { statusCode, body } = await pool.request({ method: 'GET', path, headers });
      let byteSize = 0;
      // A client that also copies the bytes would be slower than the servers.
      body.on('data', (chunk: Buffer) => (byteSize += chunk.length));
      await finished(body);
      return { statusCode, byteSize };
    },
    close: () => pool.close(),
  };
}
export const pathOf = (url: string) => url.slice(new URL(url).origin.length);

export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[
    Math.min(values.length - 1, Math.floor(values.length * share))
  ] ?? 0;

export const median = (values: readonly number[]): number => quantile(values, 0.5);
