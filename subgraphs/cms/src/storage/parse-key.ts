const MAX_SEGMENTS = 8;
const SEGMENT = /^[A-Za-z0-9._-]{1,200}$/;

/** The key could point outside the storage, or backends could interpret it differently. */
export class InvalidKeyError extends Error {
  constructor(key: string) {
    super(`Not a storage key: ${JSON.stringify(key.slice(0, 100))}`);
    this.name = 'InvalidKeyError';
  }
}

/**
 * The segments of a key. Backslashes, NUL, percent signs and all other characters that a file
 * system or an object store may interpret are rejected, not escaped: our own keys do not need them.
 * @throws InvalidKeyError
 */
export function parseKey(key: string): string[] {
  if (!isKey(key)) throw new InvalidKeyError(key);
  return key.split('/');
}

/** Whether `parseKey` accepts it. */
export const isKey = (text: string): boolean => {
  const segments = text.split('/');
  return segments.length <= MAX_SEGMENTS && segments.every(isSegment);
};

/**
 * The complete segments of a prefix. The text after the last `/` is the beginning of another one.
 * @throws InvalidKeyError
 */
export function parsePrefix(prefix: string): string[] {
  const segments = prefix.split('/');
  const last = segments.pop();
  const isBeginning = last === '' || (last !== undefined && SEGMENT.test(last));
  if (segments.length > MAX_SEGMENTS || !isBeginning || !segments.every(isSegment)) {
    throw new InvalidKeyError(prefix);
  }
  return segments;
}

const isSegment = (segment: string) => SEGMENT.test(segment) && segment !== '.' && segment !== '..';
