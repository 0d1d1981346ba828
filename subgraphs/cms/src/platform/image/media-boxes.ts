/** A box of the ISO base media file format, the container of HEIC, AVIF and MP4 (ISO 14496-12). */
export interface Box {
  readonly type: string;
  readonly body: Buffer;
}

/** Images have some dozens, and one per tile. */
export const MAX_BOXES = 10_000;

/** The boxes of a container, as far as they are complete (ISO 14496-12, 4.2). */
export function boxesIn(bytes: Buffer): Box[] {
  const boxes: Box[] = [];
  for (let at = 0; at + 8 <= bytes.length && boxes.length < MAX_BOXES;) {
    const stated = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    const isLong = stated === 1 && at + 16 <= bytes.length;
    const size = isLong ? Number(bytes.readBigUInt64BE(at + 8)) : stated || bytes.length - at;
    const start = at + (isLong ? 16 : 8);
    if (size < start - at || at + size > bytes.length) return boxes;
    boxes.push({ type, body: bytes.subarray(start, at + size) });
    at += size;
  }
  return boxes;
}

/** The first box at a path of types, such as `['mdia', 'minf']`. */
export function boxAt(bytes: Buffer, path: readonly string[]): Buffer | undefined {
  let body: Buffer | undefined = bytes;
  for (const wanted of path) {
    body = boxesIn(body).find(({ type }) => type === wanted)?.body;
    if (!body) return undefined;
  }
  return body;
}
