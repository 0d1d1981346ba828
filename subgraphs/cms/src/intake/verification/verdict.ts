import { z } from 'zod';

/** What the verification of all bytes has found. */
export interface VerifiedBytes {
  readonly mediaType: 'IMAGE' | 'VIDEO' | 'AUDIO' | 'DOCUMENT';
  readonly mimeType: string;
  /** Without a dot. The bytes are stored under it. */
  readonly extension: string;
  /**
   * In pixels as shown, after EXIF orientation or a video's rotation; null for audio and documents.
   */
  readonly width: number | null;
  readonly height: number | null;
  /** Null for images and documents, and for recordings that do not state it (live WebM). */
  readonly durationSeconds: number | null;
  /** ThumbHash (https://evanw.github.io/thumbhash/) of an image, at most 25 bytes. */
  readonly thumbHash: Uint8Array | null;
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

/** A verdict as a worker sends it. The hash is base64, because the message is JSON. */
export const verdictFromWorker = z.union([
  z.object({ refused: z.object({ code: z.enum(REFUSAL_CODES), message: z.string() }) }),
  z.object({
    verified: z.object({
      mediaType: z.enum(['IMAGE', 'VIDEO', 'AUDIO', 'DOCUMENT']),
      mimeType: z.string(),
      extension: z.string(),
      width: z.int().positive().nullable(),
      height: z.int().positive().nullable(),
      durationSeconds: z.number().nonnegative().nullable(),
      thumbHash: z
        .base64()
        .transform((text) => new Uint8Array(Buffer.from(text, 'base64')))
        .nullable(),
    }),
    isSanitized: z.literal(true).optional(),
  }),
]);
export type VerdictFromWorker = z.input<typeof verdictFromWorker>;
