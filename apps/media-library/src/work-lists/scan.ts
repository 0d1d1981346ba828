import type { ApolloClient } from '@apollo/client';
import { CHECKSUMS } from './queries.ts';

/** Files with the same bytes. */
export interface Duplicate {
  readonly checksum: string;
  readonly fileSize: number;
  readonly copies: number;
}

export interface Scan {
  readonly done: number;
  readonly total: number;
  readonly duplicates: readonly Duplicate[];
}

/** The largest files are compared: with more, a search takes minutes. */
export const MOST_FILES = 20_000;

/**
 * Reads all files by size, because equal files have the same size, and compares their checksums. Reports each page.
 * @throws the reason of `signal`
 */
export async function scan(
  client: ApolloClient,
  { onProgress, signal }: { onProgress: (scan: Scan) => void; signal: AbortSignal },
): Promise<void> {
  const found = new Map<string, Duplicate>();
  let sizeNow = -1;
  /** Of the files that have this size. */
  let checksums = new Map<string, number>();
  let done = 0;
  let after: string | null = null;
  do {
    const page = await readPage(client, after, signal);
    for (const { checksum, fileSize } of page.nodes) {
      if (fileSize !== sizeNow) {
        sizeNow = fileSize;
        checksums = new Map();
      }
      // Of a file that is not READY it can be unknown.
      if (checksum === '') continue;
      const copies = (checksums.get(checksum) ?? 0) + 1;
      checksums.set(checksum, copies);
      if (copies > 1) found.set(checksum, { checksum, fileSize, copies });
    }
    done += page.nodes.length;
    onProgress({ done, total: page.totalCount, duplicates: [...found.values()] });
    after = page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null;
  } while (after !== null && done < MOST_FILES);
}

async function readPage(client: ApolloClient, after: string | null, signal: AbortSignal) {
  const { data } = await client.query({
    query: CHECKSUMS,
    variables: { after },
    fetchPolicy: 'no-cache',
    context: { fetchOptions: { signal } },
  });
  signal.throwIfAborted();
  return data.mediaLibrary;
}
