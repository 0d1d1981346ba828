import { ACCEL_LOCATION, type AccelPaths, type Delivery, type Handover } from './handover.ts';
import { parseKey } from './parse-key.ts';
import type { StorageLocation } from './storage-location.ts';

/** Null if the CMS streams all bytes: that also finds those that are still in the fallback. */
export async function openHandover({
  delivery,
  location,
  fallback,
}: {
  delivery: Delivery;
  location: StorageLocation;
  fallback: StorageLocation | null;
}): Promise<Handover | null> {
  if (delivery === 'stream' || fallback) return null;
  if (location.kind === 'disk') return accelPaths;
  const { createObjectRedirects } = await import('./s3/object-redirects.ts');
  return createObjectRedirects(location);
}

/** Keys have no characters that nginx would interpret. */
const accelPaths: AccelPaths = {
  kind: 'accel',
  pathOf: (key) => `${ACCEL_LOCATION}${parseKey(key).join('/')}`,
};
