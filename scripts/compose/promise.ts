import { z } from 'zod';

const Day = z.iso.date();
const isDay = (text: string) => Day.safeParse(text).success;

/**
 * The first day on which something deprecated may be gone, `2027-03-01` of `Use name. Gone from 2027-03-01 on.`. Other
 * dates say something else. Of several promises the latest counts. Null when there is none, or none with a real date.
 */
export function promisedDay(reason: string): string | null {
  return promisesIn(reason).filter(isDay).toSorted().at(-1) ?? null;
}

/** Why the dates in `reason` promise nothing that can be kept. Null when they do, or when there is none. */
export function dateProblem(reason: string): string | null {
  const impossible = reason.match(/\b\d{4}-\d{2}-\d{2}\b/g)?.find((text) => !isDay(text));
  if (impossible !== undefined) return `${impossible} is not a date of the calendar`;
  const promises = promisesIn(reason).length;
  if (promises > 1) return 'there are two promises';
  const attempts = reason.match(/\bgone\s+(?:after|at|by|from|in|on|since)\b/gi)?.length ?? 0;
  return attempts > promises ? 'the promise is not written `Gone from YYYY-MM-DD on`' : null;
}

const promisesIn = (reason: string): string[] =>
  [...reason.matchAll(/\bgone\s+from\s+(\d{4}-\d{2}-\d{2})\s+on\b/gi)].flatMap(
    ([, day]) => day ?? [],
  );
