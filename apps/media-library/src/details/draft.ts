import type {
  FileDetailsFragment,
  MediaVisibility,
  UpdateMediaInput,
} from '../generated/graphql.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The fields of a file that editors change. A text that is not set is empty. */
export interface Draft {
  readonly originalFilename: string;
  readonly title: string;
  readonly altText: string;
  readonly altTexts: readonly { readonly locale: string; readonly text: string }[];
  readonly decorative: boolean;
  readonly description: string;
  readonly tags: readonly string[];
  readonly folder: string;
  readonly credit: string;
  readonly copyright: string;
  readonly visibility: MediaVisibility;
  readonly focalPoint: Point | null;
}
export type Field = keyof Draft;

export const FIELDS = [
  'originalFilename',
  'title',
  'altText',
  'altTexts',
  'decorative',
  'description',
  'tags',
  'folder',
  'credit',
  'copyright',
  'visibility',
  'focalPoint',
] as const satisfies readonly Field[];

export const draftOf = (file: FileDetailsFragment): Draft => ({
  originalFilename: file.originalFilename,
  title: file.title ?? '',
  altText: file.altText ?? '',
  altTexts: file.altTexts.map(({ locale, text }) => ({ locale, text })),
  decorative: file.decorative,
  description: file.description ?? '',
  tags: file.tags,
  folder: file.folder,
  credit: file.credit ?? '',
  copyright: file.copyright ?? '',
  visibility: file.visibility,
  focalPoint: file.focalPoint && { x: file.focalPoint.x, y: file.focalPoint.y },
});

export const changedFields = (stored: Draft, draft: Draft): Field[] =>
  FIELDS.filter((field) => JSON.stringify(stored[field]) !== JSON.stringify(draft[field]));

export function pick(draft: Partial<Draft>, fields: readonly Field[]): Partial<Draft> {
  const wanted = new Set<string>(fields);
  return Object.fromEntries(Object.entries(draft).filter(([field]) => wanted.has(field)));
}

/** Only what differs from `file`: another editor may change the other fields meanwhile. */
export function changesOf(file: FileDetailsFragment, draft: Draft): UpdateMediaInput {
  const stored = draftOf(file);
  const changed = new Set(changedFields(stored, draft));
  return {
    id: file.id,
    version: file.version,
    ...(changed.has('originalFilename') && { originalFilename: draft.originalFilename }),
    details: {
      ...(changed.has('title') && { title: draft.title }),
      ...(changed.has('altText') && { altText: draft.altText }),
      ...(changed.has('altTexts') && { altTexts: changedTexts(stored, draft) }),
      ...(changed.has('decorative') && { decorative: draft.decorative }),
      ...(changed.has('description') && { description: draft.description }),
      ...(changed.has('tags') && { tags: [...draft.tags] }),
      ...(changed.has('folder') && { folder: draft.folder || null }),
      ...(changed.has('credit') && { credit: draft.credit }),
      ...(changed.has('copyright') && { copyright: draft.copyright }),
      ...(changed.has('visibility') && { visibility: draft.visibility }),
      ...(changed.has('focalPoint') && { focalPoint: draft.focalPoint }),
    },
  };
}

/** The texts that differ. A language without text is removed. */
export function changedTexts(stored: Draft, draft: Draft) {
  const texts = new Map(draft.altTexts.map(({ locale, text }) => [locale, text]));
  const before = new Map(stored.altTexts.map(({ locale, text }) => [locale, text]));
  return [...new Set([...before.keys(), ...texts.keys()])]
    .filter((locale) => texts.get(locale) !== before.get(locale))
    .map((locale) => ({ locale, text: texts.get(locale)?.trim() || null }));
}
