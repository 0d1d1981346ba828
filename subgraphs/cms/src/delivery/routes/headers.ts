import { create as contentDisposition } from 'content-disposition';
import type { Description } from '../../files/media-file/deliverable.ts';
import { etagOf } from './etag.ts';

/**
 * A stranger's bytes on our origin: no sniffing for a type we did not check, and should a browser take
 * them for a document after all (a PDF is one), nothing in it runs, loads or has an origin.
 */
export const UNTRUSTED_CONTENT_HEADERS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy':
    "default-src 'none'; img-src 'self' data:; media-src 'self'; object-src 'self'; style-src 'unsafe-inline'; sandbox",
  'cross-origin-resource-policy': 'cross-origin',
} as const;

/** An address never comes to stand for other bytes, so what it answers may be kept for good. */
const CACHE_FOREVER = 'public, max-age=31536000, immutable';
const CACHE_NEVER = 'private, no-store';

export function headersOf(
  file: Description,
  { download }: { download: boolean },
): Record<string, string> {
  return {
    ...UNTRUSTED_CONTENT_HEADERS,
    'content-type': file.mimeType,
    'content-disposition': contentDisposition(file.originalFilename.toWellFormed(), {
      type: download ? 'attachment' : 'inline',
    }),
    etag: etagOf(file.checksum),
    'cache-control': file.isPrivate ? CACHE_NEVER : CACHE_FOREVER,
    ...(!file.isPrivate && { 'access-control-allow-origin': '*' }),
  };
}
