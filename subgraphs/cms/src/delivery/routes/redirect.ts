import type { FastifyReply, FastifyRequest } from 'fastify';
import { findType } from '../../files/file-types/file-types.ts';
import type { Deliverable } from '../../files/media-file/deliverable.ts';
import type { ObjectRedirects } from '../../storage/handover.ts';
import { isOther, matchesIfRange } from './etag.ts';
import { UNTRUSTED_CONTENT_HEADERS } from './headers.ts';

/** A revoked file can be fetched for as long, by a client that has the URL. It only has to cover the request. */
const VALID_SECONDS = 60;
/** The rest of `VALID_SECONDS` is for clients that get the response from a cache. */
const CACHED_SECONDS = 30;
const NEVER = 'private, no-store';
/** For fewer bytes a second connection costs clients more time than it saves. */
const MIN_BYTES = 1_000_000;

/**
 * Types with which the bytes are harmless although the object store sends neither `nosniff` nor a policy: browsers
 * never run them as a script or a style sheet (Fetch Standard, "should response to request be blocked due to its MIME
 * type") and never show them as a document with scripts.
 */
const isHarmless = (mimeType: string) =>
  /^(?:image|audio|video)\//.test(mimeType) && findType(mimeType)?.shownAs !== 'drawing';

/** Browsers request more of a recording for as long as it plays, from the URL to which the first request was redirected. */
const isPlayed = ({ mimeType }: Deliverable) => /^(?:audio|video)\//.test(mimeType);

/**
 * Whether a request for the bytes of `file` is answered by the object store. Its ETags are others than ours, so it
 * cannot answer a request that names ours.
 */
export function isRedirected(
  { method, headers }: FastifyRequest,
  { file, download, etag }: { file: Deliverable; download: boolean; etag: string },
): boolean {
  if (method !== 'GET' || file.byteSize < MIN_BYTES || !isHarmless(file.mimeType)) return false;
  if (isPlayed(file) && !download) return false;
  const namesOurs =
    (headers['if-match'] !== undefined && !isOther(headers['if-match'], etag)) ||
    (headers['if-range'] !== undefined && matchesIfRange(headers['if-range'], etag));
  return !namesOurs;
}

/** @param secondsLeft until the URL of the request expires */
export async function redirectToObject(
  reply: FastifyReply,
  { urlOf }: ObjectRedirects,
  {
    file,
    headers,
    maxAgeSeconds,
    secondsLeft,
  }: {
    file: Deliverable;
    headers: Readonly<Record<string, string>>;
    maxAgeSeconds: number;
    secondsLeft: number;
  },
) {
  const validForSeconds = Math.max(1, Math.min(VALID_SECONDS, secondsLeft));
  const url = await urlOf(file.storageKey, {
    contentType: headers['content-type'] ?? file.mimeType,
    contentDisposition: headers['content-disposition'] ?? 'attachment',
    // A shared cache would answer after the URL has ended.
    cacheControl: file.isPrivate ? NEVER : `private, max-age=${maxAgeSeconds}, immutable`,
    validForSeconds,
  });
  const cachedSeconds = Math.min(CACHED_SECONDS, maxAgeSeconds);
  const isCached = !file.isPrivate && validForSeconds === VALID_SECONDS && cachedSeconds > 0;
  return reply
    .code(302)
    .headers({
      ...UNTRUSTED_CONTENT_HEADERS,
      location: url,
      'cache-control': isCached ? `public, max-age=${cachedSeconds}` : NEVER,
    })
    .send();
}
