import type { Caller, TokenMinter } from '@federated-media/subgraph-kit/identity';
import { Agent, request } from 'undici';
import { z } from 'zod';

const MAX_RESPONSE_BYTES = 1_000_000;

const query = `query MediaOfProducts($representations: [_Any!]!) {
  _entities(representations: $representations) {
    ... on MediaFile { id mediaType status trashedAt }
  }
}`;

const mediaFile = z.object({
  id: z.string(),
  mediaType: z.enum(['IMAGE', 'VIDEO', 'AUDIO', 'DOCUMENT']),
  status: z.enum(['UPLOADED', 'PROCESSING', 'READY', 'FAILED']),
  trashedAt: z.string().nullable(),
});
const answer = z.object({
  data: z.object({ _entities: z.array(mediaFile.nullable()) }),
  errors: z.undefined().optional(),
});

export type MediaType = z.output<typeof mediaFile>['mediaType'];
export type FoundMedia = Pick<z.output<typeof mediaFile>, 'status' | 'mediaType'>;

/** The CMS could not be asked, or gave no answer to rely on. Nothing is known of the files. */
export class MediaUnavailableError extends Error {
  constructor(options?: ErrorOptions) {
    super('The CMS can’t be asked just now.', options);
    this.name = 'MediaUnavailableError';
  }
}

/** What the catalog knows of files: whether they are there, and the store's. All it ever asks the CMS. */
export interface MediaDirectory {
  /**
   * The files of the caller's store among `mediaIds`, by id. Those that are unknown, another store's or in
   * the trash are absent.
   * @throws MediaUnavailableError
   */
  find(caller: Caller, mediaIds: readonly string[]): Promise<ReadonlyMap<string, FoundMedia>>;
}

/** Asks the CMS at `cmsUrl`, once per `find`, with a token of the catalog's own for the caller's store. */
export function createMediaDirectory({
  cmsUrl,
  timeoutMs,
  tokens,
}: {
  cmsUrl: string;
  /** From the first byte sent to the last one read. */
  timeoutMs: number;
  tokens: TokenMinter;
}): MediaDirectory & { close(): Promise<void> } {
  const agent = new Agent({ maxResponseSize: MAX_RESPONSE_BYTES });

  return {
    async find({ storeId }, mediaIds) {
      if (mediaIds.length === 0) return new Map();
      const token = await tokens.mint({
        audience: 'cms',
        subject: 'catalog',
        storeId,
        scope: 'media:read media:usage',
      });
      try {
        return await ask(token, mediaIds);
      } catch (cause) {
        throw new MediaUnavailableError({ cause });
      }
    },
    close: () => agent.close(),
  };

  async function ask(token: string, mediaIds: readonly string[]) {
    const representations = mediaIds.map((id) => ({ __typename: 'MediaFile', id }));
    const { statusCode, body } = await request(`${cmsUrl}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: { representations } }),
      dispatcher: agent,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`The CMS answered ${statusCode}.`);
    return toFound(answer.parse(JSON.parse(text)).data._entities, mediaIds);
  }
}

/** Federation answers representations in their order, so an answer of other files is none. */
function toFound(
  entities: readonly (z.output<typeof mediaFile> | null)[],
  mediaIds: readonly string[],
): ReadonlyMap<string, FoundMedia> {
  if (entities.length !== mediaIds.length) throw new Error('The CMS answered another question.');
  const found = new Map<string, FoundMedia>();
  for (const [index, entity] of entities.entries()) {
    if (!entity) continue;
    const { id, status, mediaType, trashedAt } = entity;
    if (id !== mediaIds[index]) throw new Error('The CMS answered with another file.');
    if (trashedAt === null) found.set(id, { status, mediaType });
  }
  return found;
}
