/** Languages that are offered by name. Every other one can be given as a tag. */
const OFFERED = (
  'ar bg bn cs da de de-AT de-CH el en en-GB en-US es es-MX et fa fi fr fr-CA ga he hi hr ' +
  'hu id is it ja ko lt lv ms mt nb nl nl-BE pl pt pt-BR ro ru sk sl sr sv th tr uk ur vi ' +
  'zh-Hans zh-Hant'
).split(' ');

/** Sorted by their names in `language`. */
export function localesToOffer(language: string): { locale: string; name: string }[] {
  const names = new Intl.DisplayNames(language, { type: 'language' });
  return OFFERED.map((locale) => ({ locale, name: names.of(locale) ?? locale })).toSorted((a, b) =>
    a.name.localeCompare(b.name, language),
  );
}

/** The canonical tag of a language that is given as a tag or by its name in `language`; null if it is unknown. */
export function localeOf(typed: string, language: string): string | null {
  const text = typed.trim();
  const byName = localesToOffer(language).find(
    ({ name }) => name.localeCompare(text, language, { sensitivity: 'base' }) === 0,
  );
  if (byName) return byName.locale;
  try {
    const [locale] = Intl.getCanonicalLocales(text);
    const [primary = ''] = locale?.split('-') ?? [];
    const names = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
    return locale && names.of(primary) ? locale : null;
  } catch {
    return null;
  }
}
