import type { MediaErrorCode, MediaUserError } from '../../generated/graphql.ts';
import { STILL_PROCESSING } from '../../files/media-file/outcome.ts';
import type { MediaFileRecord } from '../../model/media-file.ts';
import { userError } from '../../platform/user-error.ts';
import type { Committed } from './repository.ts';

export interface UploadOutcome {
  readonly mediaFile: MediaFileRecord | null;
  readonly reused: boolean;
  readonly userErrors: MediaUserError[];
}

/**
 * Why an upload was rejected. `at` is the argument with the error; null for the one with the bytes.
 */
export interface Refusal {
  readonly code: MediaErrorCode;
  readonly message: string;
  readonly at: readonly string[] | null;
}

export const refusal = (
  code: MediaErrorCode,
  message: string,
  at: readonly string[] | null = null,
): Refusal => ({ code, message, at });

export const QUOTA_EXCEEDED = refusal(
  'QUOTA_EXCEEDED',
  'The store has reached its quota. Delete and purge files, or request a larger quota.',
);

export const UNKNOWN_FILE = refusal('NOT_FOUND', 'The file does not exist.', ['id']);
export const TRASHED_FILE = refusal('INVALID', 'The file is in the trash. Restore it first.', [
  'id',
]);
export const UNVERIFIED_FILE = refusal('INVALID', STILL_PROCESSING, ['id']);
export const UPLOAD_EXPIRED = refusal('UPLOAD_EXPIRED', 'The upload took too long. Start again.');

const KEY = ['idempotencyKey'];

/** What a commit, or an earlier result found before it, means for the caller. */
export function toUploadResult(
  committed: Committed,
): { mediaFile: MediaFileRecord; reused: boolean } | { refused: Refusal } {
  switch (committed.outcome) {
    case 'mismatch':
      return {
        refused: refusal(
          'IDEMPOTENCY_MISMATCH',
          'The idempotency key was already used with another input. Use a new key.',
          KEY,
        ),
      };
    case 'given up':
      return { refused: UPLOAD_EXPIRED };
    case 'over quota':
      return { refused: QUOTA_EXCEEDED };
    case 'duplicate': {
      const message = `The store already has these bytes, in file ${committed.mediaFile?.id}.`;
      return { refused: refusal('DUPLICATE', message) };
    }
    default: {
      const { mediaFile, reused } = committed;
      if (mediaFile) return { mediaFile, reused };
      return {
        refused: refusal(
          'NOT_FOUND',
          'The file that was created with this key no longer exists.',
          KEY,
        ),
      };
    }
  }
}

/** `path` is the position of the input in the arguments; `source` is its field with the bytes. */
export function toUploadOutcome(
  result: { mediaFile: MediaFileRecord; reused: boolean } | { refused: Refusal },
  { path, source }: { path: readonly string[]; source: string },
): UploadOutcome {
  if (!('refused' in result)) return { ...result, userErrors: [] };
  const { code, message, at } = result.refused;
  return failedUpload(userError(code, message, [...path, ...(at ?? [source])]));
}

export const failedUpload = (...userErrors: MediaUserError[]): UploadOutcome => ({
  mediaFile: null,
  reused: false,
  userErrors,
});
