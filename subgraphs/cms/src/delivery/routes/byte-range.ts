import type { ByteRange } from '../../storage/storage.ts';

/**
 * The range of `byteSize` bytes that a Range header requests (RFC 9110, 14.1.2): one range,
 * 'unsatisfiable', or null for all bytes. Also null for other units, malformed headers and several
 * ranges: a server may always send everything, and many small ranges are expensive.
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
