import { create as contentDisposition } from 'content-disposition';
import { withExtensionOf } from '../../files/file-types/matching-extension.ts';
import type { Description } from '../../files/media-file/deliverable.ts';
import { etagOf } from './etag.ts';

/**
 * The bytes come from third parties and are served from our origin. Browsers must not guess another
 * type; and if a browser shows them as a document (such as a PDF), nothing in it can run, load or
 * have an origin.
 */
export const UNTRUSTED_CONTENT_HEADERS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy':
    "default-src 'none'; img-src 'self' data:; media-src 'self'; object-src 'self'; style-src 'unsafe-inline'; sandbox",
  'cross-origin-resource-policy': 'cross-origin',
  // Any page may use a URL that it has, in scripts too: the signature is the permission, for PRIVATE files as well.
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'ETag, Content-Range, Accept-Ranges, Content-Length, Retry-After',
} as const;

/** The answer to a preflight request, which browsers send before a request with conditions. */
export const PREFLIGHT_HEADERS = {
  'access-control-allow-methods': 'GET, HEAD',
  'access-control-allow-headers': 'Range, If-Range, If-Match, If-None-Match, Cache-Control',
  'access-control-max-age': '7200',
} as const;

/** The bytes of a URL never change, so responses can be cached permanently. */
const CACHE_FOREVER = 'public, max-age=31536000, immutable';
const CACHE_NEVER = 'private, no-store';

/** Browsers save the bytes under it. */
const nameOf = ({ mimeType, originalFilename }: Description) =>
  withExtensionOf(mimeType, originalFilename);

export function headersOf(
  file: Description,
  { download }: { download: boolean },
): Record<string, string> {
  return {
    ...UNTRUSTED_CONTENT_HEADERS,
    'content-type': file.mimeType,
    'content-disposition': contentDisposition(nameOf(file).toWellFormed(), {
      type: download ? 'attachment' : 'inline',
    }),
    etag: etagOf(file.checksum),
    'cache-control': file.isPrivate ? CACHE_NEVER : CACHE_FOREVER,
  };
}
