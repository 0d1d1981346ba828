/** What a rendition can come as. */
export const FORMATS = ['avif', 'webp', 'jpeg', 'png', 'gif'] as const;
export type Format = (typeof FORMATS)[number];

/** AUTO is settled by whoever fetches: by its Accept header. */
export type FormatChoice = Exclude<Format, 'gif'> | 'auto';

export const MIME_TYPES: Readonly<Record<Format, string>> = {
  avif: 'image/avif',
  webp: 'image/webp',
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
};

/** Of the formats an AUTO rendition falls back to, by the original's type: its own where browsers show it. */
const FALLBACK_FORMATS: ReadonlyMap<string, Format> = new Map([
  ['image/avif', 'avif'],
  ['image/webp', 'webp'],
  ['image/png', 'png'],
  ['image/svg+xml', 'png'],
  ['image/gif', 'gif'],
]);

/** They may move, and AVIF would stand still. */
const POSSIBLY_ANIMATED: ReadonlySet<string> = new Set(['image/gif', 'image/webp']);

/**
 * The format an AUTO rendition of `original` is sent in: the smallest the client says it takes, by name (a
 * star promises nothing: everything that fetches sends one), otherwise the original's own.
 */
export function negotiate(accept: string | undefined, original: string): Format {
  const accepted = typesIn(accept);
  if (accepted.has(MIME_TYPES.avif) && !POSSIBLY_ANIMATED.has(original)) return 'avif';
  if (accepted.has(MIME_TYPES.webp)) return 'webp';
  return FALLBACK_FORMATS.get(original) ?? 'jpeg';
}

/** The media types an Accept header names without refusing them by `q=0` (RFC 9110, 12.5.1). */
function typesIn(accept = ''): ReadonlySet<string> {
  const named = new Set<string>();
  for (const entry of accept.split(',', 50)) {
    const [type = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase());
    if (parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) continue;
    named.add(type);
  }
  return named;
}
