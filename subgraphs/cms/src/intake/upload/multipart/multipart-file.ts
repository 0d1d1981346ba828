import type { IncomingFile } from '@federated-media/multipart/upload';
import { MultipartError } from '@federated-media/multipart/errors';
import type { StagedBytes, Staging } from '../../../storage/staging.ts';
import { type Refusal, refusal } from '../../commit/upload-outcome.ts';
import { refuseTooLarge, uploadLimit } from '../limits.ts';

export async function awaitFile(
  file: Promise<IncomingFile>,
): Promise<IncomingFile | { refused: Refusal }> {
  try {
    return await file;
  } catch (error) {
    if (error instanceof MultipartError) return { refused: incomplete(error) };
    throw error;
  }
}

/** Stages the bytes up to the size limit and the store's quota. */
export async function receive(
  staging: Staging,
  incoming: IncomingFile,
  { id, maxBytes, remainingBytes }: { id: string; maxBytes: number; remainingBytes: number | null },
): Promise<StagedBytes | { refused: Refusal }> {
  const limit = uploadLimit(maxBytes, remainingBytes);
  try {
    return await refuseTooLarge(staging.receive(id, incoming.createReadStream(), limit), limit);
  } catch (error) {
    if (error instanceof MultipartError) return { refused: incomplete(error) };
    throw error;
  }
}

/**
 * Discards the file, so that the next ones in the request can arrive. Do not await it: the file may
 * arrive late or never.
 */
export async function drainFile(file: Promise<IncomingFile>) {
  try {
    (await file).createReadStream().destroy();
  } catch {
    // The file never arrived or is already being read, so it blocks nothing.
  }
}

const incomplete = ({ message }: MultipartError) =>
  refusal('UPLOAD_INCOMPLETE', `The file did not arrive completely: ${message}`);
