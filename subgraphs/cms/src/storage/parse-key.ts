const MAX_SEGMENTS = 8;
const SEGMENT = /^[A-Za-z0-9._-]{1,200}$/;

/** The key could lead out of the storage, or means different things to different backends. */
export class InvalidKeyError extends Error {
  constructor(key: string) {
    super(`Not a storage key: ${JSON.stringify(key.slice(0, 100))}`);
    this.name = 'InvalidKeyError';
  }
}

/**
 * The segments of a key. Backslashes, NUL, percent signs and everything else a file system or an object
 * store reads in its own way are refused, not escaped: our own keys need none of them.
 * @throws InvalidKeyError
 */
export function parseKey(key: string): string[] {
  const segments = key.split('/');
  if (segments.length > MAX_SEGMENTS || !segments.every(isSegment)) throw new InvalidKeyError(key);
  return segments;
}

/**
 * The complete segments a prefix begins with; what stands behind the last `/` is the start of one more.
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
