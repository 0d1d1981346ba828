import { createHash } from 'node:crypto';
import { lengthOf } from '@federated-media/subgraph-kit/text';
import type { DetailsChange } from '../../files/media-file/details.ts';
import type { Retry } from './repository.ts';
import { InvalidValue } from '../../platform/input-checks.ts';

const MAX_KEY = 255;

/** @throws InvalidValue */
export function readKey(key: string | null | undefined): string | null {
  if (key === null || key === undefined) return null;
  if (key === '' || lengthOf(key) > MAX_KEY || /[\p{Cc}\p{Cs}]/u.test(key)) {
    throw new InvalidValue(
      `The key must have between 1 and ${MAX_KEY} characters, without control characters.`,
    );
  }
  return key;
}

/**
 * `input` is everything that makes two requests equal; the bytes are represented by their hash.
 * Details are compared after parsing, so that different notations of the same value are equal.
 */
export function retryOf(
  key: string | null,
  input: Readonly<Record<string, string | DetailsChange>>,
): Retry | null {
  if (key === null) return null;
  return { key, fingerprint: createHash('sha256').update(canonical(input)).digest('hex') };
}

/** JSON with sorted keys, so that their order does not matter. */
function canonical(value: unknown): string {
  if (value instanceof Map) return canonical(Object.fromEntries(value));
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}
