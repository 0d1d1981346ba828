import { useTranslation } from 'react-i18next';

/** Shares, durations and names of languages in the language that is shown. */
export function useDetailFormat() {
  const { language } = useTranslation().i18n;
  return {
    percent: (share: number) =>
      new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(share),
    seconds: (count: number) =>
      new Intl.NumberFormat(language, {
        style: 'unit',
        unit: count < 60 ? 'second' : 'minute',
        unitDisplay: 'long',
        maximumFractionDigits: 1,
      }).format(count < 60 ? count : count / 60),
    /** The tag if it has no name. */
    languageName: (locale: string) =>
      new Intl.DisplayNames(language, { type: 'language' }).of(locale) ?? locale,
  };
}
