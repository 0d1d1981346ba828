import { LRUCache } from 'lru-cache';
import { findType } from '../../files/file-types/file-types.ts';

/** The formats of renditions. */
export const FORMATS = ['avif', 'webp', 'jpeg', 'png', 'gif'] as const;
export type Format = (typeof FORMATS)[number];

/** AUTO is resolved when the rendition is fetched, by the client's Accept header. */
export type FormatChoice = Exclude<Format, 'gif'> | 'auto';

export const MIME_TYPES: Readonly<Record<Format, string>> = {
  avif: 'image/avif',
  webp: 'image/webp',
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
};

/** Whether an image is as sharp in any size. */
export const isDrawing = ({ mimeType }: { readonly mimeType: string }): boolean =>
  findType(mimeType)?.shownAs === 'drawing';

/**
 * The format of an AUTO rendition for clients that name neither AVIF nor WebP, by the original's
 * type.
 */
const FALLBACK_FORMATS: ReadonlyMap<string, Format> = new Map([
  ['image/avif', 'avif'],
  ['image/webp', 'webp'],
  ['image/png', 'png'],
  ['image/svg+xml', 'png'],
  ['image/gif', 'gif'],
  ['image/x-icon', 'png'],
  ['image/jxl', 'png'],
  ['image/vnd.adobe.photoshop', 'png'],
]);

/** Types whose renditions move; of others the first image is shown. */
const MOVING: ReadonlySet<string> = new Set(['image/gif', 'image/webp', 'image/png']);

/**
 * The format of an AUTO rendition: of those that the client accepts by name, the one with the greatest weight, and with
 * equal weights the smallest; otherwise the one for the original's type. Wildcards do not count, because every client
 * sends them. AVIF renditions are not animated, so an original whose renditions move never becomes one.
 */
export function negotiate(
  accept: string | undefined,
  { mimeType, animated }: { readonly mimeType: string; readonly animated: boolean },
): Format {
  const weights = weightsIn(accept);
  const weightOf = (format: Format) => weights.get(MIME_TYPES[format]) ?? 0;
  const fallback = FALLBACK_FORMATS.get(mimeType) ?? 'jpeg';
  let best: Format = animated && MOVING.has(mimeType) ? 'webp' : 'avif';
  for (const format of ['webp', fallback] as const) {
    if (weightOf(format) > weightOf(best)) best = format;
  }
  return weightOf(best) > 0 ? best : fallback;
}

/** By media type, greater than 0 and at most 1. */
type Weights = ReadonlyMap<string, number>;

/** Browsers send one of a few headers with every image. Longer ones are not worth remembering. */
const remembered = new LRUCache<string, Weights>({ max: 100 });
const MAX_REMEMBERED_LENGTH = 300;

function weightsIn(accept = ''): Weights {
  const known = remembered.get(accept);
  if (known) return known;
  const weights = parseAccept(accept);
  if (accept.length <= MAX_REMEMBERED_LENGTH) remembered.set(accept, weights);
  return weights;
}

/** The media types of an Accept header, without those rejected by `q=0` (RFC 9110, 12.4.2 and 12.5.1). */
function parseAccept(accept: string): Weights {
  const weights = new Map<string, number>();
  for (const entry of accept.split(',', 50)) {
    const [type = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase());
    const weight = parameters.map(weightIn).find((given) => given !== undefined) ?? 1;
    if (weight > 0) weights.set(type, weight);
  }
  return weights;
}

/** Undefined for other parameters, and for weights that no one may send. */
function weightIn(parameter: string): number | undefined {
  const [, weight] = /^q=([01](?:\.\d{0,3})?)$/.exec(parameter) ?? [];
  return weight === undefined ? undefined : Math.min(Number(weight), 1);
}
