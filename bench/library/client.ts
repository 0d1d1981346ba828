import type { Pool } from 'undici';

const QUERY = `query ($first: Int, $after: String, $last: Int, $before: String, $filter: MediaLibraryFilter, $count: Boolean!) {
  mediaLibrary(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
    nodes { id originalFilename mediaType mimeType fileSize width height altText folder tags usageCount url createdAt }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount @include(if: $count)
  }
}`;

export interface PageWanted {
  readonly first?: number;
  readonly after?: string;
  readonly last?: number;
  readonly before?: string;
  readonly filter?: { readonly search: string };
  readonly count?: boolean;
}

interface Page {
  readonly nodes: readonly unknown[];
  readonly pageInfo: { readonly startCursor: string; readonly endCursor: string };
  readonly totalCount?: number;
}

/** Asks the gateway, as the store whose token it is. */
export const libraryClient =
  (pool: Pool, token: string) =>
  async (wanted: PageWanted): Promise<Page> => {
    const response = await pool.request({
      method: 'POST',
      path: '/graphql',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: QUERY, variables: { count: false, ...wanted } }),
    });
    const answer: { data?: { mediaLibrary?: Page } } = JSON.parse(await response.body.text());
    const page = answer.data?.mediaLibrary;
    if (!page) throw new Error(`The library was refused: ${JSON.stringify(answer)}`);
    return page;
  };
export type LibraryClient = ReturnType<typeof libraryClient>;
