import { extname } from 'node:path';
import type { FileType } from './file-type.ts';
import { findType, fitsExtension } from './file-types.ts';
import { isKnownExtension } from './claims.ts';

const MAX_FILENAME = 255;

/** Replaces an extension that contradicts the type of the bytes: `beach.jpg` of a PNG becomes `beach.png`. */
export function withMatchingExtension(originalFilename: string, mimeType: string): string {
  const type = findType(mimeType);
  if (!type || fits(type, originalFilename) || !isKnownExtension(extensionOf(originalFilename)))
    return originalFilename;
  return withExtension(originalFilename.slice(0, originalFilename.lastIndexOf('.')), type);
}

/** As `withMatchingExtension`, and adds the extension to a name without one: `Report v1.2` becomes `Report v1.2.pdf`. */
export function withExtensionOf(mimeType: string, originalFilename: string): string {
  const type = findType(mimeType);
  const filename = withMatchingExtension(originalFilename, mimeType);
  return !type || fits(type, filename) ? filename : withExtension(filename, type);
}

const extensionOf = (filename: string) => extname(filename).slice(1).toLowerCase();

const fits = (type: FileType, filename: string) => fitsExtension(type, extensionOf(filename));

function withExtension(stem: string, { extension }: FileType): string {
  const suffix = `.${extension}`;
  return (
    Array.from(stem)
      .slice(0, MAX_FILENAME - suffix.length)
      .join('') + suffix
  );
}
