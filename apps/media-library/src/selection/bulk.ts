import type { ApolloClient } from '@apollo/client';
import { nameOf } from '../files/file-name.ts';
import type {
  MediaErrorCode,
  MediaLibraryFilter,
  MediaLibraryOrder,
} from '../generated/graphql.ts';
import { FILE_NAMES, MATCHING_IDS } from './queries.ts';

export interface Problem {
  /** Null: an error of the connection. */
  readonly code: MediaErrorCode | 'NOT_IN_TRASH' | null;
  readonly message: string;
}

/** What came of the change of one file. */
export interface Outcome {
  readonly id: string;
  readonly problem: Problem | null;
}

export interface Running {
  readonly signal: AbortSignal;
  readonly cancel: () => void;
  readonly onProgress: (done: number) => void;
}

/** The graph accepts 1000. Fewer show more of the progress, and end sooner when it is cancelled. */
const BATCH = 200;
/** What `mediaFiles` accepts. */
const READ_BATCH = 100;

export function* batchesOf<Item>(items: readonly Item[], size = BATCH): Generator<Item[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}

export const problemOf = (error: unknown): Problem => ({
  code: null,
  message: error instanceof Error ? error.message : String(error),
});

/**
 * Changes all files, in batches one after another. `change` returns a payload for each id. A batch that fails does not
 * end the others.
 */
export async function changeAll<Payload extends { readonly userErrors: readonly Problem[] }>(
  ids: readonly string[],
  change: (ids: string[]) => Promise<readonly Payload[]>,
  { signal, onProgress }: Running,
): Promise<(Outcome & { readonly payload: Payload | null })[]> {
  const outcomes = [];
  for (const batch of batchesOf(ids)) {
    if (signal.aborted) break;
    try {
      const payloads = await change(batch);
      for (const [index, id] of batch.entries()) {
        const payload = payloads[index] ?? null;
        outcomes.push({ id, problem: payload?.userErrors[0] ?? null, payload });
      }
    } catch (error) {
      outcomes.push(...batch.map((id) => ({ id, problem: problemOf(error), payload: null })));
    }
    onProgress(outcomes.length);
  }
  return outcomes;
}

/** The ids of all files that match. */
export async function matchingIds(
  client: ApolloClient,
  query: { filter: MediaLibraryFilter; orderBy: MediaLibraryOrder },
  { signal, onProgress }: Running,
): Promise<Set<string>> {
  const ids = new Set<string>();
  let after: string | null = null;
  do {
    const variables: typeof query & { after: string | null } = { ...query, after };
    const { data } = await client.query({
      query: MATCHING_IDS,
      variables,
      fetchPolicy: 'no-cache',
      context: { fetchOptions: { signal } },
    });
    const { nodes, pageInfo } = data.mediaLibrary;
    for (const { id } of nodes) ids.add(id);
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    signal.throwIfAborted();
    onProgress(ids.size);
  } while (after !== null);
  return ids;
}

export async function readNames(
  client: ApolloClient,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const batch of batchesOf(ids, READ_BATCH)) {
    const { data } = await client.query({
      query: FILE_NAMES,
      variables: { ids: batch },
      fetchPolicy: 'no-cache',
    });
    for (const file of data.mediaFiles) if (file) names.set(file.id, nameOf(file));
  }
  return names;
}
