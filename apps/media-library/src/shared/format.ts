import { useTranslation } from 'react-i18next';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** Dates, numbers and sizes in the shown language. */
export function useFormat() {
  const { i18n } = useTranslation();
  const { language } = i18n;
  return {
    date: (iso: string) =>
      new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(
        new Date(iso),
      ),
    number: (value: number) => new Intl.NumberFormat(language).format(value),
    percent: (share: number) => new Intl.NumberFormat(language, { style: 'percent' }).format(share),
    /** In units of 1000. */
    bytes(count: number) {
      const power = Math.min(Math.floor(Math.log10(Math.max(count, 1)) / 3), UNITS.length - 1);
      return new Intl.NumberFormat(language, {
        style: 'unit',
        unit: UNITS[power] ?? 'byte',
        unitDisplay: power === 0 ? 'long' : 'short',
        maximumFractionDigits: 1,
      }).format(count / 1_000 ** power);
    },
    seconds: (count: number) =>
      new Intl.NumberFormat(language, {
        style: 'unit',
        unit: count < 60 ? 'second' : 'minute',
        maximumFractionDigits: 1,
      }).format(count < 60 ? count : count / 60),
    /** The name of a language; the tag if it has none. */
    languageName: (locale: string) =>
      new Intl.DisplayNames(language, { type: 'language' }).of(locale) ?? locale,
  };
}
