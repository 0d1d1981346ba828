import { deflateSync } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import { thumbHashToRGBA } from 'thumbhash';
import { pngChunk } from '../../platform/image/png-chunks.ts';

const MAX_KEPT = 10_000;
const MAX_URL_LENGTH = 990;
const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/**
 * Renders a ThumbHash as a PNG in a `data:` URL of less than 1 kB, which every browser shows. At
 * most 16 × 16 pixels, because the hash has no waves shorter than a seventh of the image.
 */
export function createPlaceholders() {
  const kept = new LRUCache<string, string>({ max: MAX_KEPT });
  return {
    of(thumbHash: Uint8Array): string {
      const key = Buffer.from(thumbHash).toString('base64');
      const known = kept.get(key);
      if (known !== undefined) return known;
      const url = shortestUrl(thumbHash);
      kept.set(key, url);
      return url;
    },
  };
}
export type Placeholders = ReturnType<typeof createPlaceholders>;

/** Quantizes the colours until the URL is short enough. The differences are hardly visible. */
function shortestUrl(thumbHash: Uint8Array): string {
  for (let step = 4; ; step *= 2) {
    const url = `data:image/png;base64,${draw(thumbHash, step).toString('base64')}`;
    if (url.length <= MAX_URL_LENGTH) return url;
  }
}

function draw(thumbHash: Uint8Array, step: number): Buffer {
  const { w, h, rgba } = thumbHashToRGBA(thumbHash);
  const width = Math.max(1, w >> 1);
  const height = Math.max(1, h >> 1);
  const hasAlpha = rgba.some((value, index) => index % 4 === 3 && value < 255);
  const channels = hasAlpha ? 4 : 3;
  const rows = Buffer.alloc((1 + width * channels) * height);
  let at = 0;
  for (let y = 0; y < height; y += 1) {
    const filter = y === 0 ? 0 : 2; // filter 2: the difference from the row above, which is mostly zero
    rows[at++] = filter;
    for (let x = 0; x < width; x += 1) {
      for (let channel = 0; channel < channels; channel += 1, at += 1) {
        const value = mean(rgba, { w, x: 2 * x, y: 2 * y, channel, step });
        const above = filter === 0 ? 0 : mean(rgba, { w, x: 2 * x, y: 2 * y - 2, channel, step });
        rows[at] = value - above;
      }
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, hasAlpha ? 6 : 2], 8);
  return Buffer.concat([
    SIGNATURE,
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(rows, { level: 9 })),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The quantized mean of four neighbouring pixels. */
function mean(
  rgba: Uint8Array,
  { w, x, y, channel, step }: Record<'w' | 'x' | 'y' | 'channel' | 'step', number>,
): number {
  const at = (column: number, row: number) => rgba[(row * w + column) * 4 + channel] ?? 0;
  const sum = at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1);
  return Math.min(255, Math.round(sum / 4 / step) * step);
}
