import type { PickedFile } from '@federated-media/client';
import { graphql } from '../generated/gql.ts';
import type { PickedFilesQuery } from '../generated/graphql.ts';

/** At most this many ids fit into a query. */
export const MOST_FILES = 100;

/** `<Picture>` needs these fields; browsers do not show each original. */
export const PICKED_FILES = graphql(`
  query PickedFiles($ids: [ID!]!) {
    mediaFiles(ids: $ids) {
      id
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

/** Exactly the documented fields, in the order of the choice. Undefined if a file does not exist any more. */
export function pickedFilesOf({ mediaFiles }: PickedFilesQuery): PickedFile[] | undefined {
  const files = mediaFiles.filter((file) => file !== null);
  if (files.length < mediaFiles.length) return undefined;
  return files.map(
    ({ id, mimeType, originalFilename, original, url, srcSet, width, height, ...file }) => ({
      id,
      mimeType,
      originalFilename,
      url: url ?? original,
      srcSet,
      width,
      height,
      placeholder: file.placeholder,
      altText: file.altText,
      decorative: file.decorative,
    }),
  );
}
