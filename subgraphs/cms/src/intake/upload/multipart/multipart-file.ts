import type { IncomingFile } from '@federated-media/multipart/upload';
import { MultipartError } from '@federated-media/multipart/errors';
import { FileTooLargeError, type StagedBytes, type Staging } from '../../../storage/staging.ts';
import { QUOTA_EXCEEDED, type Refusal, refusal } from '../../commit/upload-outcome.ts';

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

/** Stages the bytes, as far as the limit and the room of the store go. */
export async function receive(
  staging: Staging,
  incoming: IncomingFile,
  { id, maxBytes, remainingBytes }: { id: string; maxBytes: number; remainingBytes: number | null },
): Promise<StagedBytes | { refused: Refusal }> {
  const limit = Math.max(0, Math.min(maxBytes, remainingBytes ?? maxBytes));
  try {
    return await staging.receive(id, incoming.createReadStream(), { maxBytes: limit });
  } catch (error) {
    if (error instanceof MultipartError) return { refused: incomplete(error) };
    if (!(error instanceof FileTooLargeError)) throw error;
    return { refused: limit < maxBytes ? QUOTA_EXCEEDED : tooLarge(maxBytes) };
  }
}

export const tooLarge = (maxBytes: number) =>
  refusal('FILE_TOO_LARGE', `The file is too large. The maximum is ${maxBytes} bytes.`);

/** Lets what follows it in the request arrive. Not to be waited for: it may come late, or never. */
export async function drainFile(file: Promise<IncomingFile>) {
  try {
    (await file).createReadStream().destroy();
  } catch {
    // It never came, or is being read already: either way it holds nothing up.
  }
}

const incomplete = ({ message }: MultipartError) =>
  refusal('UPLOAD_INCOMPLETE', `The file did not arrive completely: ${message}`);
