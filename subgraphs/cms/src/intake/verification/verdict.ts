import { z } from 'zod';

/** What the verification of all bytes has found. */
export interface VerifiedBytes {
  readonly mediaType: 'IMAGE' | 'VIDEO' | 'AUDIO' | 'DOCUMENT';
  readonly mimeType: string;
  /** Without a dot. The bytes are stored under it. */
  readonly extension: string;
  /**
   * In pixels as browsers show it, after EXIF orientation or a video's rotation and pixel aspect
   * ratio; null for audio and documents.
   */
  readonly width: number | null;
  readonly height: number | null;
  /** Null for images and documents, and if it cannot be determined. */
  readonly durationSeconds: number | null;
  /** Whether the image moves: it has several frames. */
  readonly animated: boolean;
  /** The encoding of text; null if it is unknown, and for other files. */
  readonly charset: 'utf-8' | 'utf-16' | null;
  /** ThumbHash (https://evanw.github.io/thumbhash/) of an image, at most 25 bytes. */
  readonly thumbHash: Uint8Array | null;
  /** The people that the file names as its origin and as the owners of the rights. At most 500 characters. */
  readonly credit: string | null;
  readonly copyright: string | null;
}

export const REFUSAL_CODES = [
  'UNSUPPORTED_TYPE',
  'TYPE_MISMATCH',
  'EMPTY_FILE',
  'CORRUPT_FILE',
  'IMAGE_TOO_LARGE',
  'FILE_TOO_LARGE',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

export interface Refused {
  /**
   * `message` is shown to the person who uploads: one sentence, without paths or messages of the
   * decoder.
   */
  readonly refused: { readonly code: RefusalCode; readonly message: string };
}

export type Verdict = Accepted | Refused;

interface Accepted {
  readonly verified: VerifiedBytes;
  /** Store the sanitized bytes, which are next to the verified ones, instead of these. */
  readonly isSanitized?: true | undefined;
}

export const rejectFile = (code: RefusalCode, message: string): Refused => ({
  refused: { code, message },
});

/** As JSON, in which the hash is base64. */
export const verifiedBytesFromJson = z.object({
  mediaType: z.enum(['IMAGE', 'VIDEO', 'AUDIO', 'DOCUMENT']),
  mimeType: z.string(),
  extension: z.string(),
  width: z.int().positive().nullable(),
  height: z.int().positive().nullable(),
  durationSeconds: z.number().nonnegative().nullable(),
  animated: z.boolean(),
  charset: z.enum(['utf-8', 'utf-16']).nullable(),
  thumbHash: z
    .base64()
    .transform((text) => new Uint8Array(Buffer.from(text, 'base64')))
    .nullable(),
  // Verified by the version before, while an upload is PROCESSING.
  credit: z.string().nullable().default(null),
  copyright: z.string().nullable().default(null),
});

/** A verdict as a worker sends it. */
export const verdictFromWorker = z.union([
  z.object({ refused: z.object({ code: z.enum(REFUSAL_CODES), message: z.string() }) }),
  z.object({
    verified: verifiedBytesFromJson,
    isSanitized: z.literal(true).optional(),
  }),
]);
export type VerdictFromWorker = z.input<typeof verdictFromWorker>;
