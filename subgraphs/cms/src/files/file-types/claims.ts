import { extname } from 'node:path';
import { excerpt } from '@federated-media/subgraph-kit/excerpt';
import { supportedExtensions } from 'file-type';
import type { Acceptance } from './acceptance.ts';
import type { FileType } from './file-type.ts';
import { allTypes, fitsPackedExtension, fitsMimeType } from './file-types.ts';

export interface Claims {
  readonly originalFilename: string;
  readonly declaredMimeType: string;
}

/** What clients and servers send for any bytes, and to make browsers save a file. */
const TYPES_OF_ANY_BYTES = new Set([
  'application/octet-stream',
  'application/x-octet-stream',
  'binary/octet-stream',
  'application/binary',
  'application/download',
  'application/force-download',
  'application/x-download',
  'application/x-force-download',
  'application/unknown',
]);

/** A part without a type is text/plain (RFC 7578, 4.4). */
const UNKNOWN_TYPES = new Set(['', 'text/plain', ...TYPES_OF_ANY_BYTES]);

/** Known extensions that file-type does not list, because bytes do not identify such types. */
const BEYOND_DETECTION = new Set(
  `htm html mht shtml xhtml svgz js mjs css json txt md csv rtf php phtml asp aspx jsp py rb pl sh
   bash bat cmd ps1 vbs wsf hta scr com dll msi apk doc xls ppt`.split(/\s+/),
);

/** Which claim contradicts bytes of a type, for messages; undefined if none does. */
export function contradictionOf(type: FileType, claims: Claims): string | undefined {
  const { extension, mimeType } = normalize(claims);
  if (isKnownExtension(extension) && !fitsPackedExtension(type, extension))
    return `its name ends with .${extension}`;
  if (mimeType !== '' && !fitsMimeType(type, mimeType))
    return `it was declared as ${excerpt(mimeType)}`;
  return undefined;
}

/** Whether the name or the declared type names this type. */
export function isClaimed(type: FileType, claims: Claims): boolean {
  const { extension, mimeType } = normalize(claims);
  return fitsPackedExtension(type, extension) || fitsMimeType(type, mimeType);
}

/**
 * For bytes of an unknown type: which claim names a known one, for messages. A content type can stand
 * for both: that of any gzip file may be that of an SVGZ.
 */
export function falseClaimOf(claims: Claims, detected: string): string | undefined {
  const { extension, mimeType } = normalize(claims);
  if (allTypes.some((type) => fitsPackedExtension(type, extension)))
    return `its name ends with .${extension}`;
  if (mimeType !== detected && allTypes.some((type) => fitsMimeType(type, mimeType)))
    return `it was declared as ${mimeType}`;
  return undefined;
}

/** The type that a file without bytes claims: by its declared type, else by its name. */
export function typeOfClaims(claims: Claims): FileType | undefined {
  const { extension, mimeType } = normalize(claims);
  return (
    allTypes.find((type) => fitsMimeType(type, mimeType)) ??
    allTypes.find((type) => fitsPackedExtension(type, extension))
  );
}

/**
 * What is not accepted of a file without bytes, as far as name and declared type tell, for messages; undefined if it
 * may be accepted.
 */
export function unacceptedClaim(claims: Claims, acceptance: Acceptance): string | undefined {
  const mimeType = typeIn(claims.declaredMimeType);
  if (!TYPES_OF_ANY_BYTES.has(mimeType)) {
    return acceptance.acceptsMimeType(mimeType) ? undefined : `The type "${excerpt(mimeType)}"`;
  }
  const { extension } = normalize(claims);
  const mayBeAccepted = acceptance.acceptsExtension(extension) || !isKnownExtension(extension);
  return mayBeAccepted ? undefined : `The extension .${extension}`;
}

function normalize({ originalFilename, declaredMimeType }: Claims) {
  const mimeType = typeIn(declaredMimeType);
  return {
    extension: extname(originalFilename).slice(1).toLowerCase(),
    mimeType: UNKNOWN_TYPES.has(mimeType) ? '' : mimeType,
  };
}

/**
 * The media type of a `content-type`, in lower case and without parameters. Some servers send the header twice, which arrives as one value with a comma. Commas also occur in parameters
 * (`video/webm;codecs=vp8,opus`), which contain no slash.
 */
export function typeIn(declared: string): string {
  const [first = '', ...others] = declared
    .toLowerCase()
    .replaceAll(/"[^"]*"/g, '')
    .split(',')
    .map((type) => (type.split(';', 1)[0] ?? '').trim());
  return [...new Set([first, ...others.filter((other) => other.includes('/'))])].join(', ');
}

/** An unknown extension (`photo.final`) is part of the name and claims no type. */
export const isKnownExtension = (extension: string) =>
  allTypes.some((type) => fitsPackedExtension(type, extension)) ||
  supportedExtensions.has(extension) ||
  BEYOND_DETECTION.has(extension);

/** How the name of a file contradicts its declared type, for messages; undefined if it does not. */
export function contradictionOfClaims(claims: Claims): string | undefined {
  const { extension, mimeType } = normalize(claims);
  if (mimeType === '') return undefined;
  const fits = allTypes.some(
    (type) => fitsMimeType(type, mimeType) && fitsPackedExtension(type, extension),
  );
  return fits || !isKnownExtension(extension) ? undefined : `its name ends with .${extension}`;
}
