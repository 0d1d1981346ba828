import { z } from 'zod';

const Day = z.iso.date();
const isDay = (text: string) => Day.safeParse(text).success;

/**
 * The first day on which a deprecated element may be removed: `2027-03-01` of `Use name. Gone from 2027-03-01 on.`.
 * Other dates are ignored. The latest of several counts. Null without a valid date.
 */
export function promisedDay(reason: string): string | null {
  return promisesIn(reason).filter(isDay).toSorted().at(-1) ?? null;
}

/** What is wrong with the dates in `reason`; null if nothing is wrong. */
export function dateProblem(reason: string): string | null {
  const impossible = reason.match(/\b\d{4}-\d{2}-\d{2}\b/g)?.find((text) => !isDay(text));
  if (impossible !== undefined) return `${impossible} is not a valid date`;
  const promises = promisesIn(reason).length;
  if (promises > 1) return 'there are two dates of removal';
  const attempts = reason.match(/\bgone\s+(?:after|at|by|from|in|on|since)\b/gi)?.length ?? 0;
  return attempts > promises
    ? 'the date of removal is not in the form `Gone from YYYY-MM-DD on`'
    : null;
}

const promisesIn = (reason: string): string[] =>
  [...reason.matchAll(/\bgone\s+from\s+(\d{4}-\d{2}-\d{2})\s+on\b/gi)].flatMap(
    ([, day]) => day ?? [],
  );
