import { LRUCache } from 'lru-cache';

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
]);

/** May be animated, which AVIF renditions are not. */
const POSSIBLY_ANIMATED: ReadonlySet<string> = new Set(['image/gif', 'image/webp']);

/**
 * The format of an AUTO rendition: the smallest that the client accepts by name, otherwise the one
 * for the original's type. Wildcards do not count, because every client sends them.
 */
export function negotiate(accept: string | undefined, original: string): Format {
  const accepted = typesIn(accept);
  if (accepted.has(MIME_TYPES.avif) && !POSSIBLY_ANIMATED.has(original)) return 'avif';
  if (accepted.has(MIME_TYPES.webp)) return 'webp';
  return FALLBACK_FORMATS.get(original) ?? 'jpeg';
}

/** Browsers send one of a few headers with every image. Longer ones are not worth remembering. */
const remembered = new LRUCache<string, ReadonlySet<string>>({ max: 100 });
const MAX_REMEMBERED_LENGTH = 300;

function typesIn(accept = ''): ReadonlySet<string> {
  const known = remembered.get(accept);
  if (known) return known;
  const types = parseAccept(accept);
  if (accept.length <= MAX_REMEMBERED_LENGTH) remembered.set(accept, types);
  return types;
}

/** The media types of an Accept header, without those rejected by `q=0` (RFC 9110, 12.5.1). */
function parseAccept(accept: string): ReadonlySet<string> {
  const named = new Set<string>();
  for (const entry of accept.split(',', 50)) {
    const [type = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase());
    if (parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) continue;
    named.add(type);
  }
  return named;
}
