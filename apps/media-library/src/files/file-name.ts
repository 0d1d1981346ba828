import type { LibraryFileFragment } from '../generated/graphql.ts';

export const nameOf = (file: Pick<LibraryFileFragment, 'title' | 'originalFilename'>): string =>
  file.title ?? file.originalFilename;

export const lacksAltText = (
  file: Pick<LibraryFileFragment, 'mediaType' | 'altText' | 'decorative'>,
): boolean => file.mediaType === 'IMAGE' && file.altText === null && !file.decorative;
