import { findDetected } from './accepted-types.ts';
import { contradictionOf } from './claims.ts';

const MAX_FILENAME = 255;

/** Replaces an extension that contradicts the type of the bytes: `beach.jpg` of a PNG becomes `beach.png`. */
export function withMatchingExtension(originalFilename: string, mimeType: string): string {
  const type = findDetected(mimeType);
  if (!type || !contradictionOf(type, { originalFilename, declaredMimeType: '' })) {
    return originalFilename;
  }
  const suffix = `.${type.extension}`;
  const stem = Array.from(originalFilename.slice(0, originalFilename.lastIndexOf('.')));
  return stem.slice(0, MAX_FILENAME - suffix.length).join('') + suffix;
}
