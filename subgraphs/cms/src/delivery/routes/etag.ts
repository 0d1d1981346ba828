/** A strong tag: equal tags mean equal bytes. */
export const etagOf = (checksum: string): string => `"${checksum}"`;

/**
 * If-None-Match uses weak comparison (RFC 9110, 13.1.2), because a proxy may have weakened the tag.
 */
export function isUnchanged(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

/** If-Range uses strong comparison (13.1.5). Dates never match, because no date is sent. */
export const matchesIfRange = (ifRange: string | string[] | undefined, etag: string): boolean =>
  ifRange === undefined || ifRange === etag;

/** If-Match uses strong comparison (13.1.1): the client wants these bytes and no others. */
export function isOther(ifMatch: string | undefined, etag: string): boolean {
  if (ifMatch === undefined || ifMatch.trim() === '*') return false;
  return !ifMatch.split(',').some((tag) => tag.trim() === etag);
}
