import type { MediaType } from '../../generated/prisma/enums.ts';

/** A type of file that is accepted. All others are rejected. */
export interface AcceptedType {
  /** For messages. */
  readonly name: string;
  readonly mediaType: MediaType;
  /** The type that the file is served as. */
  readonly mimeType: string;
  /** The extension that the file is stored under. */
  readonly extension: string;
  /** What the package file-type calls it, if not `mimeType`. */
  readonly detectedAs?: readonly string[];
  /** Other extensions and content types that clients use for such files. */
  readonly extensionAliases?: readonly string[];
  readonly mimeAliases?: readonly string[];
  /** If lower than the limit for all types. */
  readonly maxBytes?: number;
}

const JPEG: AcceptedType = {
  name: 'JPEG',
  mediaType: 'IMAGE',
  mimeType: 'image/jpeg',
  extension: 'jpg',
  extensionAliases: ['jpeg', 'jpe', 'jfif', 'pjpeg', 'pjp'],
  mimeAliases: ['image/jpg', 'image/pjpeg'],
};

/** An animated PNG is a PNG: programs that can't animate it show its first image. */
const PNG: AcceptedType = {
  name: 'PNG',
  mediaType: 'IMAGE',
  mimeType: 'image/png',
  extension: 'png',
  detectedAs: ['image/apng'],
  extensionAliases: ['apng'],
  mimeAliases: ['image/x-png', 'image/apng', 'image/vnd.mozilla.apng'],
};

const WEBP: AcceptedType = {
  name: 'WebP',
  mediaType: 'IMAGE',
  mimeType: 'image/webp',
  extension: 'webp',
  mimeAliases: ['image/x-webp'],
};

const GIF: AcceptedType = {
  name: 'GIF',
  mediaType: 'IMAGE',
  mimeType: 'image/gif',
  extension: 'gif',
};

const AVIF: AcceptedType = {
  name: 'AVIF',
  mediaType: 'IMAGE',
  mimeType: 'image/avif',
  extension: 'avif',
  extensionAliases: ['avifs'],
  mimeAliases: ['image/avif-sequence'],
};

const TIFF: AcceptedType = {
  name: 'TIFF',
  mediaType: 'IMAGE',
  mimeType: 'image/tiff',
  extension: 'tif',
  extensionAliases: ['tiff'],
  mimeAliases: ['image/tif', 'image/x-tif', 'image/x-tiff'],
};

/** Stored without scripts and external links. Removing them needs the whole file in memory, hence the limit. */
const SVG: AcceptedType = {
  name: 'SVG',
  mediaType: 'IMAGE',
  mimeType: 'image/svg+xml',
  extension: 'svg',
  mimeAliases: ['image/svg', 'application/svg+xml'],
  maxBytes: 5_000_000,
};

const PDF: AcceptedType = {
  name: 'PDF',
  mediaType: 'DOCUMENT',
  mimeType: 'application/pdf',
  extension: 'pdf',
  mimeAliases: ['application/x-pdf'],
};

/**
 * MP4 and MOV are the same container, and cameras and editors confuse them: the extensions and content types
 * of both are accepted for both. The bytes decide the type that the file is served as.
 */
const MP4: AcceptedType = {
  name: 'MP4',
  mediaType: 'VIDEO',
  mimeType: 'video/mp4',
  extension: 'mp4',
  detectedAs: ['video/x-m4v'],
  extensionAliases: ['m4v', 'mov', 'qt'],
  mimeAliases: ['video/x-m4v', 'application/mp4', 'video/quicktime'],
};

const MOV: AcceptedType = {
  name: 'MOV',
  mediaType: 'VIDEO',
  mimeType: 'video/quicktime',
  extension: 'mov',
  extensionAliases: ['qt', 'mp4', 'm4v'],
  mimeAliases: ['video/mp4', 'video/x-m4v'],
};

const WEBM: AcceptedType = {
  name: 'WebM',
  mediaType: 'VIDEO',
  mimeType: 'video/webm',
  extension: 'webm',
};

const MP3: AcceptedType = {
  name: 'MP3',
  mediaType: 'AUDIO',
  mimeType: 'audio/mpeg',
  extension: 'mp3',
  mimeAliases: [
    'audio/mp3',
    'audio/mpg',
    'audio/mpeg3',
    'audio/x-mp3',
    'audio/x-mpeg',
    'audio/x-mpeg-3',
  ],
};

const WAV: AcceptedType = {
  name: 'WAV',
  mediaType: 'AUDIO',
  mimeType: 'audio/wav',
  extension: 'wav',
  extensionAliases: ['wave'],
  mimeAliases: ['audio/wave', 'audio/x-wav', 'audio/vnd.wave', 'audio/x-pn-wav'],
};

const OGG: AcceptedType = {
  name: 'OGG',
  mediaType: 'AUDIO',
  mimeType: 'audio/ogg',
  extension: 'ogg',
  detectedAs: ['audio/ogg; codecs=opus'],
  extensionAliases: ['oga', 'opus', 'spx'],
  mimeAliases: [
    'application/ogg',
    'audio/opus',
    'audio/vorbis',
    'audio/x-ogg',
    'audio/x-opus+ogg',
    'audio/x-vorbis+ogg',
    'audio/x-speex+ogg',
    'video/ogg',
  ],
};

export const ACCEPTED_TYPES = {
  JPEG,
  PNG,
  WEBP,
  GIF,
  AVIF,
  TIFF,
  SVG,
  PDF,
  MP4,
  MOV,
  WEBM,
  MP3,
  WAV,
  OGG,
};

const all = Object.values(ACCEPTED_TYPES);

/** A sentence for error messages. */
export const ACCEPTED = `Accepted types: ${all.map(({ name }) => name).join(', ')}.`;

export const fitsExtension = (type: AcceptedType, extension: string): boolean =>
  type.extension === extension || (type.extensionAliases?.includes(extension) ?? false);

export const fitsMimeType = (type: AcceptedType, mimeType: string): boolean =>
  type.mimeType === mimeType || (type.mimeAliases?.includes(mimeType) ?? false);

export const isAcceptedExtension = (extension: string): boolean =>
  all.some((type) => fitsExtension(type, extension));

/** The types that a content type can stand for. */
export const acceptedFor = (mimeType: string): AcceptedType[] =>
  all.filter((type) => fitsMimeType(type, mimeType));

export const isAcceptedMimeType = (mimeType: string): boolean => acceptedFor(mimeType).length > 0;

/** The largest size of any type that this content type can stand for. */
export function maxBytesOf(mimeType: string): number {
  const limits = acceptedFor(mimeType).map(({ maxBytes = Infinity }) => maxBytes);
  return limits.length > 0 ? Math.max(...limits) : Infinity;
}

export const findDetected = (mimeType: string): AcceptedType | undefined =>
  all.find((type) => type.mimeType === mimeType || type.detectedAs?.includes(mimeType));
