import type { LocaleText } from './media-file.ts';
import { canonicalLocale } from './text.ts';

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
  for (const tag of widening(canonicalLocale(locale) ?? locale)) {
    const text = byLocale.get(tag);
    if (text !== undefined) return text;
  }
  return altText;
}

function* widening(locale: string): Generator<string> {
  const parts = locale.split('-');
  for (let count = parts.length; count > 0; count -= 1) {
    // A single letter only announces what follows it.
    if (parts[count - 1]?.length === 1) continue;
    yield parts.slice(0, count).join('-');
  }
}
