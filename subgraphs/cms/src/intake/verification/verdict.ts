import { z } from 'zod';

/** What was found in the bytes, by looking at all of them. */
export interface VerifiedBytes {
  readonly mediaType: 'IMAGE' | 'VIDEO' | 'AUDIO' | 'DOCUMENT';
  readonly mimeType: string;
  /** Without a dot; the one the bytes are stored under. */
  readonly extension: string;
  /** Pixels as shown, that is after EXIF orientation or a video's rotation; null for audio and documents. */
  readonly width: number | null;
  readonly height: number | null;
  /** Null unless video or audio, and for recordings that do not say (live WebM). */
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
  /** `message` is for the person who uploads: one sentence, no paths, nothing of the decoder's. */
  readonly refused: { readonly code: RefusalCode; readonly message: string };
}

export type Verdict = Accepted | Refused;

interface Accepted {
  readonly verified: VerifiedBytes;
  /** What is to be kept is not the bytes that were shown, but those that were written beside them. */
  readonly isCleaned?: true | undefined;
}

export const rejectFile = (code: RefusalCode, message: string): Refused => ({
  refused: { code, message },
});

/** A verdict as a worker sends it: the hash as base64, for it travels as JSON. */
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
    isCleaned: z.literal(true).optional(),
  }),
]);
export type VerdictFromWorker = z.input<typeof verdictFromWorker>;
