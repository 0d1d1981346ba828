import type { DescribedFileFragment, MediaDetailsInput } from '../generated/graphql.ts';

/** What was typed for a file and is not saved. */
export interface TextDraft {
  /** Of the file when the typing started, so that a change of someone else since then is noticed. */
  readonly version: number;
  readonly altText?: string;
  readonly decorative?: boolean;
  readonly texts: Readonly<Record<string, string>>;
  /** Why it could not be saved. */
  readonly problem: string | null;
  /** Whether someone else changed the file meanwhile. */
  readonly isConflict: boolean;
}

export const startDraft = ({ version }: DescribedFileFragment): TextDraft => ({
  version,
  texts: {},
  problem: null,
  isConflict: false,
});

type Texts = Pick<MediaDetailsInput, 'altText' | 'altTexts' | 'decorative'>;

/** Only what differs from the file: someone else may have changed the other texts. */
export function changesOf(file: DescribedFileFragment, draft: TextDraft): Texts {
  const { decorative } = draft;
  const altText = draft.altText?.trim();
  const altTexts = Object.entries(draft.texts)
    .map(([locale, text]) => ({ locale, text: text.trim() }))
    .filter(({ locale, text }) => text !== storedText(file, locale))
    .map(({ locale, text }) => ({ locale, text: text || null }));
  return {
    ...(altText !== undefined && altText !== (file.altText ?? '') && { altText: altText || null }),
    ...(altTexts.length > 0 && { altTexts }),
    ...(decorative !== undefined && decorative !== file.decorative && { decorative }),
  };
}

export const isChanged = (file: DescribedFileFragment, draft: TextDraft): boolean =>
  Object.keys(changesOf(file, draft)).length > 0;

export const storedText = (file: DescribedFileFragment, locale: string): string =>
  file.altTexts.find((one) => one.locale === locale)?.text ?? '';
