import { FileTooLargeError } from '../../storage/file-writer.ts';
import type { StagedBytes } from '../../storage/staging.ts';
import { QUOTA_EXCEEDED, type Refusal, refusal } from '../commit/upload-outcome.ts';

/** The maximum of files per call, for every way to upload several. */
export const MAX_FILES = 20;

export interface UploadLimit {
  readonly maxBytes: number;
  /** Why a larger file is rejected. */
  readonly refusal: Refusal;
}

/** @param remainingBytes what the store may still accept; null if its quota does not apply */
export function uploadLimit(maxBytes: number, remainingBytes: number | null): UploadLimit {
  if (remainingBytes !== null && remainingBytes < maxBytes) {
    return { maxBytes: Math.max(0, remainingBytes), refusal: QUOTA_EXCEEDED };
  }
  const message = `The file is too large. The maximum is ${maxBytes} bytes.`;
  return { maxBytes, refusal: refusal('FILE_TOO_LARGE', message) };
}

/** Turns FileTooLargeError into the refusal of `limit`. */
export async function refuseTooLarge(
  staging: Promise<StagedBytes>,
  limit: UploadLimit,
): Promise<StagedBytes | { refused: Refusal }> {
  try {
    return await staging;
  } catch (error) {
    if (error instanceof FileTooLargeError) return { refused: limit.refusal };
    throw error;
  }
}
