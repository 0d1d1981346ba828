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

/** What clients send when they do not know; text/plain is what a part without a type is (RFC 7578, 4.4). */
const SAYS_NOTHING = new Set(['', 'application/octet-stream', 'binary/octet-stream', 'text/plain']);

/** Known extensions file-type lacks, because the bytes alone do not tell such types apart. */
const BEYOND_DETECTION = new Set(
  `htm html mht shtml xhtml svgz js mjs css json txt md csv rtf php phtml asp aspx jsp py rb pl sh
   bash bat cmd ps1 vbs wsf hta scr com dll msi apk doc xls ppt`.split(/\s+/),
);

/** The claim that does not fit bytes of an accepted type, in words; undefined when all fit. */
export function contradictionOf(type: AcceptedType, claims: Claims): string | undefined {
  const { extension, mimeType } = normalize(claims);
  if (isKnown(extension) && !fitsExtension(type, extension))
    return `its name ends with .${extension}`;
  if (mimeType !== '' && !fitsMimeType(type, mimeType))
    return `it was declared as ${excerpt(mimeType)}`;
  return undefined;
}

/** The claim to be of a type that is taken, in words, for bytes of one that is not. */
export function falseClaimOf(claims: Claims): string | undefined {
  const { extension, mimeType } = normalize(claims);
  if (isAcceptedExtension(extension)) return `its name ends with .${extension}`;
  if (isAcceptedMimeType(mimeType)) return `it was declared as ${mimeType}`;
  return undefined;
}

function normalize({ originalFilename, declaredMimeType }: Claims) {
  const mimeType = (declaredMimeType.split(';', 1)[0] ?? '').trim().toLowerCase();
  return {
    extension: extname(originalFilename).slice(1).toLowerCase(),
    mimeType: SAYS_NOTHING.has(mimeType) ? '' : mimeType,
  };
}

/** An extension nobody knows (`photo.final`) is part of a name and claims nothing. */
const isKnown = (extension: string) =>
  isAcceptedExtension(extension) ||
  supportedExtensions.has(extension) ||
  BEYOND_DETECTION.has(extension);

/** How a file's name contradicts its declared type, in words; undefined when they may both be true. */
export function contradictionOfClaims(claims: Claims): string | undefined {
  const { extension, mimeType } = normalize(claims);
  const fits = acceptedFor(mimeType).some((type) => fitsExtension(type, extension));
  return fits || !isKnown(extension) ? undefined : `its name ends with .${extension}`;
}
