import type { LocaleText } from '../../model/media-file.ts';
import { MAX_LOCALE, canonicalLocale } from './text.ts';

/**
 * The text for `locale`, or for the nearest shorter tag, or the default
 * (the lookup of RFC 4647, 3.4: `zh-Hant-TW`, `zh-Hant`, `zh`).
 */
export function altTextFor(
  { altText, texts }: { altText: string | null; texts: readonly LocaleText[] },
  locale: string | null | undefined,
): string | null {
  if (!locale || texts.length === 0) return altText;
  const byLocale = new Map(texts.map(({ locale, text }) => [locale, text]));
  const nearest = withinLimit(locale);
  for (const tag of shorterTags(canonicalLocale(nearest) ?? nearest)) {
    const text = byLocale.get(tag);
    if (text !== undefined) return text;
  }
  return altText;
}

/** Limits the tag to the length that texts can have: a tag of 900 kB would be shortened 100,000 times per file. */
const withinLimit = (locale: string): string =>
  locale.length <= MAX_LOCALE
    ? locale
    : locale.slice(0, Math.max(0, locale.lastIndexOf('-', MAX_LOCALE)));

function* shorterTags(locale: string): Generator<string> {
  const parts = locale.split('-');
  for (let count = parts.length; count > 0; count -= 1) {
    // A single letter is only a prefix of the next subtag.
    if (parts[count - 1]?.length === 1) continue;
    yield parts.slice(0, count).join('-');
  }
}
