import { type ResponseObject, isObject } from '../execution/response-objects.ts';

const OBJECT_BYTES = 56;
const FIELD_BYTES = 24;

/** A deep copy of a JSON object: the executor merges and renames fields of what it receives. */
export function copyOf(object: ResponseObject): ResponseObject {
  // Spreading defines own properties, also one called `__proto__`.
  const copy = { ...object };
  for (const name of Object.keys(copy)) {
    const value = copy[name];
    if (typeof value === 'object' && value !== null) copy[name] = copyOfValue(value);
  }
  return copy;
}

function copyOfValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOfValue);
  return isObject(value) ? copyOf(value) : value;
}

/** The memory that a JSON value needs, approximately and rather too much than too little. */
export function bytesOf(value: unknown): number {
  if (typeof value === 'string') return OBJECT_BYTES / 2 + stringBytes(value);
  if (Array.isArray(value)) {
    return value.reduce((sum: number, item) => sum + 8 + bytesOf(item), OBJECT_BYTES);
  }
  if (!isObject(value)) return 8;
  return Object.values(value).reduce(
    (sum: number, field) => sum + FIELD_BYTES + bytesOf(field),
    OBJECT_BYTES,
  );
}

/** V8 stores a string with any character beyond Latin-1 in two bytes per character. */
const stringBytes = (text: string): number =>
  Buffer.byteLength(text) === text.length ? text.length : 2 * text.length;
