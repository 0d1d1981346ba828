import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** Numbers, sizes and times as people write them in the language that is shown. */
export function useFormat() {
  const language = useTranslation().i18n.language;
  return useMemo(() => {
    const numbers = new Intl.NumberFormat(language);
    const days = new Intl.DateTimeFormat(language, { dateStyle: 'medium' });
    const times = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
    const sizes = UNITS.map(
      (unit, power) =>
        new Intl.NumberFormat(language, {
          style: 'unit',
          unit,
          unitDisplay: power === 0 ? 'long' : 'short',
          maximumFractionDigits: power === 0 ? 0 : 1,
        }),
    );
    return {
      number: (value: number) => numbers.format(value),
      day: (time: string) => days.format(new Date(time)),
      time: (time: string) => times.format(new Date(time)),
      bytes(value: number) {
        const power = Math.min(
          Math.floor(Math.log(Math.max(value, 1)) / Math.log(1_000)),
          UNITS.length - 1,
        );
        return sizes[power]?.format(value / 1_000 ** power) ?? '';
      },
    };
  }, [language]);
}
