import type { MediaType } from '../../generated/prisma/enums.ts';

/** A type of file that is taken. What is not in this list is refused. */
export interface AcceptedType {
  /** As people call it. */
  readonly name: string;
  readonly mediaType: MediaType;
  /** The one it is served as. */
  readonly mimeType: string;
  /** The one it is stored under. */
  readonly extension: string;
  /** What file-type calls it, where that is not `mimeType`. */
  readonly detectedAs?: readonly string[];
  /** Names and content types that fit these bytes, besides the two above. */
  readonly extensionAliases?: readonly string[];
  readonly mimeAliases?: readonly string[];
  /** Where it is less than for files of any type. */
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

/** An animated PNG is a PNG: whoever can't animate it shows its picture. */
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

/** Stored with nothing in it that acts or leads elsewhere; to that end all of it is held in memory. */
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
 * MP4 and MOV are one container with two names, and cameras and editors mix them up: either name and
 * content type fits either. What they are served as is what the bytes say.
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
  mimeAliases: ['audio/mp3', 'audio/mpeg3', 'audio/x-mp3', 'audio/x-mpeg', 'audio/x-mpeg-3'],
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
  mimeAliases: ['application/ogg', 'audio/opus', 'audio/vorbis', 'audio/x-ogg'],
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

/** For messages. */
export const ACCEPTED = `Accepted types: ${all.map(({ name }) => name).join(', ')}.`;

export const fitsExtension = (type: AcceptedType, extension: string): boolean =>
  type.extension === extension || (type.extensionAliases?.includes(extension) ?? false);

export const fitsMimeType = (type: AcceptedType, mimeType: string): boolean =>
  type.mimeType === mimeType || (type.mimeAliases?.includes(mimeType) ?? false);

export const isAcceptedExtension = (extension: string): boolean =>
  all.some((type) => fitsExtension(type, extension));

/** The types that a content type may mean. */
export const acceptedFor = (mimeType: string): AcceptedType[] =>
  all.filter((type) => fitsMimeType(type, mimeType));

export const isAcceptedMimeType = (mimeType: string): boolean => acceptedFor(mimeType).length > 0;

/** No file of this content type is larger, whatever the limit for all. */
export function maxBytesOf(mimeType: string): number {
  const limits = acceptedFor(mimeType).map(({ maxBytes = Infinity }) => maxBytes);
  return limits.length > 0 ? Math.max(...limits) : Infinity;
}

export const findDetected = (mimeType: string): AcceptedType | undefined =>
  all.find((type) => type.mimeType === mimeType || type.detectedAs?.includes(mimeType));
