/** Strong: the same tag means the same bytes. */
export const etagOf = (checksum: string): string => `"${checksum}"`;

/** If-None-Match, by weak comparison (RFC 9110, 13.1.2): a proxy may have weakened the tag on its way. */
export function isUnchanged(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

/** If-Range, by strong comparison (13.1.5). Dates never hold: none is sent. */
export const matchesIfRange = (ifRange: string | string[] | undefined, etag: string): boolean =>
  ifRange === undefined || ifRange === etag;
