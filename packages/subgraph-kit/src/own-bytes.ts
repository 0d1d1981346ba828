/**
 * A copy for a cache. Small buffers of Node are parts of larger ones (64 KB), which stay in memory as long as one of
 * their parts.
 */
export function ownBytes(bytes: Buffer): Buffer {
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}
