import type { ApolloClient } from '@apollo/client';
import type { MediaType, PickedFile } from '@federated-media/client';
import { graphql } from '../generated/gql.ts';

/** At most this many ids fit into a query, and files into a mutation that attaches them. */
export const MOST_FILES = 100;

/** `<Picture>` needs these fields. Browsers do not show each original, so that images are rendered. */
const PICKED_FILES = graphql(`
  query PickedFiles($ids: [ID!]!) {
    mediaFiles(ids: $ids) {
      id
      status
      mediaType
      mimeType
      originalFilename
      original: url
      url(transform: { width: 1280 })
      srcSet
      width
      height
      placeholder
      altText
      decorative
    }
  }
`);

/** Why files cannot be used. */
export type PickProblem = 'failed' | 'gone' | 'notReady' | 'wrongType';

interface Wanted {
  readonly ids: readonly string[];
  readonly mediaTypes: readonly MediaType[] | null;
}

/** Exactly the documented fields of files, in the order of `ids`; or why they cannot be used. */
export async function readPickedFiles(
  client: ApolloClient,
  { ids, mediaTypes }: Wanted,
): Promise<readonly PickedFile[] | PickProblem> {
  const { data } = await client
    .query({
      query: PICKED_FILES,
      variables: { ids: [...ids] },
      fetchPolicy: 'network-only',
      errorPolicy: 'all',
    })
    .catch(() => ({ data: undefined }));
  if (!data) return 'failed';
  const files = data.mediaFiles.filter((file) => file !== null);
  if (files.length < ids.length) return 'gone';
  if (files.some(({ status }) => status !== 'READY')) return 'notReady';
  // Files of other types can be uploaded here.
  if (files.some(({ mediaType }) => mediaTypes?.includes(mediaType) === false)) return 'wrongType';
  return files.map((file) => ({
    id: file.id,
    mimeType: file.mimeType,
    originalFilename: file.originalFilename,
    url: file.url ?? file.original,
    srcSet: file.srcSet,
    width: file.width,
    height: file.height,
    placeholder: file.placeholder,
    altText: file.altText,
    decorative: file.decorative,
  }));
}
