import type { LocaleText } from '../../model/media-file.ts';
import { MAX_LOCALE, canonicalLocale } from './text.ts';

/**
 * The text for `locale`: its own, else that of the nearest wider tag, else the default
 * (the lookup of RFC 4647, 3.4: `zh-Hant-TW`, `zh-Hant`, `zh`).
 */
export function altTextFor(
  { altText, texts }: { altText: string | null; texts: readonly LocaleText[] },
  locale: string | null | undefined,
): string | null {
  if (!locale || texts.length === 0) return altText;
  const byLocale = new Map(texts.map(({ locale, text }) => [locale, text]));
  const nearest = withinLimit(locale);
  for (const tag of widening(canonicalLocale(nearest) ?? nearest)) {
    const text = byLocale.get(tag);
    if (text !== undefined) return text;
  }
  return altText;
}

/**
 * The part of a tag that a text can have. A tag of 900 kB would be widened 100,000 times, for each file of a page.
 */
const withinLimit = (locale: string): string =>
  locale.length <= MAX_LOCALE
    ? locale
    : locale.slice(0, Math.max(0, locale.lastIndexOf('-', MAX_LOCALE)));

function* widening(locale: string): Generator<string> {
  const parts = locale.split('-');
  for (let count = parts.length; count > 0; count -= 1) {
    // A single letter only announces what follows it.
    if (parts[count - 1]?.length === 1) continue;
    yield parts.slice(0, count).join('-');
  }
}
