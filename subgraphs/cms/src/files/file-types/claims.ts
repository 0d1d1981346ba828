import { extname } from 'node:path';
import { excerpt } from '@federated-media/subgraph-kit/excerpt';
import { supportedExtensions } from 'file-type';
import {
  type AcceptedType,
  acceptedFor,
  fitsExtension,
  fitsMimeType,
  isAcceptedExtension,
  isAcceptedMimeType,
} from './accepted-types.ts';

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

/** Which claim contradicts bytes of an accepted type, for messages; undefined if none does. */
export function contradictionOf(type: AcceptedType, claims: Claims): string | undefined {
  const { extension, mimeType } = normalize(claims);
  if (isKnownExtension(extension) && !fitsExtension(type, extension))
    return `its name ends with .${extension}`;
  if (mimeType !== '' && !fitsMimeType(type, mimeType))
    return `it was declared as ${excerpt(mimeType)}`;
  return undefined;
}

/** For bytes of a type that is not accepted: which claim names an accepted type, for messages. */
export function falseClaimOf(claims: Claims): string | undefined {
  const { extension, mimeType } = normalize(claims);
  if (isAcceptedExtension(extension)) return `its name ends with .${extension}`;
  if (isAcceptedMimeType(mimeType)) return `it was declared as ${mimeType}`;
  return undefined;
}

/** Whether a file without bytes may be of an accepted type, as far as name and declared type tell. */
export function mayBeAccepted(claims: Claims): boolean {
  const mimeType = typeIn(claims.declaredMimeType);
  if (!TYPES_OF_ANY_BYTES.has(mimeType)) return isAcceptedMimeType(mimeType);
  const { extension } = normalize(claims);
  return isAcceptedExtension(extension) || !isKnownExtension(extension);
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
  isAcceptedExtension(extension) ||
  supportedExtensions.has(extension) ||
  BEYOND_DETECTION.has(extension);

/** How the name of a file contradicts its declared type, for messages; undefined if it does not. */
export function contradictionOfClaims(claims: Claims): string | undefined {
  const { extension, mimeType } = normalize(claims);
  if (mimeType === '') return undefined;
  const fits = acceptedFor(mimeType).some((type) => fitsExtension(type, extension));
  return fits || !isKnownExtension(extension) ? undefined : `its name ends with .${extension}`;
}
