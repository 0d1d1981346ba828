import type { ByteRange } from '../../storage/storage.ts';

/**
 * What a Range header asks of `byteSize` bytes (RFC 9110, 14.1.2): one range, 'unsatisfiable', or null
 * for all of them. Null also answers headers in another unit, malformed ones and several ranges at once:
 * a server may always send the whole, and many small ranges are a way to make it work hard.
 */
export function parseRange(
  header: string | undefined,
  byteSize: number,
): ByteRange | 'unsatisfiable' | null {
  const parts = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header ?? '');
  const [first = '', last = ''] = parts?.slice(1) ?? [];
  if (first === '' && last === '') return null;

  if (first === '') {
    const suffixLength = Number(last);
    if (suffixLength === 0) return 'unsatisfiable';
    return { start: Math.max(0, byteSize - suffixLength), end: byteSize - 1 };
  }
  const start = Number(first);
  const end = last === '' ? byteSize - 1 : Math.min(Number(last), byteSize - 1);
  if (last !== '' && Number(last) < start) return null;
  return start < byteSize ? { start, end } : 'unsatisfiable';
}
