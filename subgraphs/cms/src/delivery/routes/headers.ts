import { create as contentDisposition } from 'content-disposition';
import { findType } from '../../files/file-types/file-types.ts';
import type { Description } from '../../files/media-file/deliverable.ts';
import { downloadNameOf } from './download-name.ts';
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
    'ETag, Content-Range, Accept-Ranges, Content-Length, Retry-After, X-Request-Id',
} as const;

/** The answer to a preflight request, which browsers send before a request with conditions. */
export const PREFLIGHT_HEADERS = {
  'access-control-allow-methods': 'GET, HEAD',
  'access-control-allow-headers': 'Range, If-Range, If-Match, If-None-Match, Cache-Control',
  'access-control-max-age': '7200',
} as const;

const CACHE_NEVER = 'private, no-store';

/** Types that were removed from the table are only saved. */
const isShownByBrowsers = ({ mimeType }: Description) => findType(mimeType)?.servedAs === 'inline';

export function headersOf(
  file: Description,
  { download, maxAgeSeconds }: { download: boolean; maxAgeSeconds: number },
): Record<string, string> {
  return {
    ...UNTRUSTED_CONTENT_HEADERS,
    'content-type': file.charset ? `${file.mimeType}; charset=${file.charset}` : file.mimeType,
    'content-disposition': contentDisposition(downloadNameOf(file), {
      type: download || !isShownByBrowsers(file) ? 'attachment' : 'inline',
    }),
    etag: etagOf(file.checksum),
    'cache-control': file.isPrivate
      ? CACHE_NEVER
      : // The bytes of a URL never change. Its age is limited because the URL can end.
        `public, max-age=${maxAgeSeconds}, immutable`,
  };
}
