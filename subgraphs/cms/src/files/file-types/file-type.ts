import type { MediaType } from '../../generated/prisma/enums.ts';

/** What ACCEPTED_TYPES can list instead of single types. */
export const GROUPS = [
  'images',
  'video',
  'audio',
  'documents',
  'text',
  'models',
  'fonts',
  'archives',
] as const;
export type Group = (typeof GROUPS)[number];

/** A type of file, and everything that depends on it. A new type is one entry in `file-types.ts` and its test. */
export interface FileType {
  /** For messages and documentation. */
  readonly name: string;
  readonly group: Group;
  readonly mediaType: MediaType;
  /** The type that the file is served as. */
  readonly mimeType: string;
  /** The extension that the file is stored under. ACCEPTED_TYPES lists it. */
  readonly extension: string;
  /** What the package file-type calls it, if not `mimeType`. */
  readonly detectedAs?: readonly string[];
  /** Other extensions and content types that clients use for such files. */
  readonly extensionAliases?: readonly string[];
  readonly mimeAliases?: readonly string[];
  /** Extensions of such files when they are compressed. They are stored uncompressed. */
  readonly packedExtensions?: readonly string[];
  /** If lower than the limit for all types. */
  readonly maxBytes?: number;
  /**
   * The content types of those that the same first bytes can stand for, such as M4A for MP4. The
   * inspection decides.
   */
  readonly variants?: readonly string[];
  /** Which program verifies the bytes, see `inspectors.ts`. */
  readonly inspectedAs: InspectionName;
  /**
   * How renditions and previews are made:
   * - `image`: the image library decodes the file
   * - `drawing`: the same, and it is as sharp in any size
   * - `converted`: a decoder of this type converts the file to JPEG or PNG first
   * - `page`: the first page of a document
   * - `frame`: a frame of a video, if ffmpeg is installed
   * - `nothing`: there is nothing to show
   */
  readonly shownAs: 'image' | 'drawing' | 'converted' | 'page' | 'frame' | 'nothing';
  /** Whether it is meant for macros. Accepted only if ACCEPT_MACROS is true. */
  readonly runsMacros?: true;
  /**
   * For `frame`: the only demuxer of ffmpeg that reads the file, whatever it contains. A playlist in a file with a
   * video type would make others read other files and hosts.
   */
  readonly demuxer?: 'avi' | 'asf' | 'matroska' | 'mov' | 'mpeg' | 'mpegts' | 'ogg';
  /** `inline`: browsers show it. `attachment`: they only save it, because it could run or load something. */
  readonly servedAs: 'inline' | 'attachment';
  /** What people should know about files of this type, for the documentation. */
  readonly note?: string;
}

export type InspectionName =
  | 'image'
  | 'converted'
  | 'drawing'
  | RecordingInspection
  | 'pdf'
  | 'package'
  | 'compound'
  | 'rtf'
  | 'text'
  | 'font'
  | 'model';

export type RecordingInspection =
  | 'aac'
  | 'aiff'
  | 'asf'
  | 'avi'
  | 'flac'
  | 'matroska'
  | 'mp3'
  | 'mp4'
  | 'mpeg-stream'
  | 'ogg'
  | 'wav';
