import { useTranslation } from 'react-i18next';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** Numbers, sizes and times as people write them in a language. */
export interface Format {
  readonly number: (value: number) => string;
  readonly day: (time: string) => string;
  readonly time: (time: string) => string;
  readonly bytes: (value: number) => string;
}

const formats = new Map<string, Format>();

/** In the language that is shown. */
export function useFormat(): Format {
  const { language } = useTranslation().i18n;
  const format = formats.get(language) ?? createFormat(language);
  formats.set(language, format);
  return format;
}

/** Browsers need milliseconds for each of these formatters: one is made when it is used. */
function createFormat(language: string): Format {
  const numbers = once(() => new Intl.NumberFormat(language));
  const days = once(() => new Intl.DateTimeFormat(language, { dateStyle: 'medium' }));
  const times = once(
    () => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }),
  );
  const sizes = UNITS.map((unit, power) =>
    once(
      () =>
        new Intl.NumberFormat(language, {
          style: 'unit',
          unit,
          unitDisplay: power === 0 ? 'long' : 'short',
          maximumFractionDigits: power === 0 ? 0 : 1,
        }),
    ),
  );
  return {
    number: (value) => numbers().format(value),
    day: (time) => days().format(new Date(time)),
    time: (time) => times().format(new Date(time)),
    bytes(value) {
      const power = Math.min(
        Math.floor(Math.log(Math.max(value, 1)) / Math.log(1_000)),
        UNITS.length - 1,
      );
      return sizes[power]?.().format(value / 1_000 ** power) ?? '';
    },
  };
}

function once<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => (made ??= make());
}
