import type { Pool } from 'undici';
import { z } from 'zod';

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

const Page = z.object({
  nodes: z.array(z.unknown()),
  pageInfo: z.object({ startCursor: z.string(), endCursor: z.string() }),
  totalCount: z.number().optional(),
});
type Page = z.output<typeof Page>;
const Answer = z.object({ data: z.object({ mediaLibrary: Page }) });

/** Sends requests to the gateway for the store of the token. */
export function libraryClient(pool: Pool, token: string) {
  /** The response as text. */
  async function ask(wanted: PageWanted): Promise<string> {
    const response = await pool.request({
      method: 'POST',
      path: '/graphql',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: QUERY, variables: { count: false, ...wanted } }),
    });
    return response.body.text();
  }

  return {
    ask,
    async page(wanted: PageWanted): Promise<Page> {
      return Answer.parse(JSON.parse(await ask(wanted))).data.mediaLibrary;
    },
  };
}
export type LibraryClient = ReturnType<typeof libraryClient>;
