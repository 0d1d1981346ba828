import type { Connection } from './connection.ts';
import { uploadByForm } from './multipart.ts';
import { randomKey } from './random-key.ts';
import { retrying, wait } from './retry.ts';
import { createStagedAttempt } from './staged.ts';
import type { StagedUpload, Upload, UploadedFile, UploadOptions } from './upload.ts';

const RESUMABLE_ABOVE_BYTES = 20e6;
const RETRIES = 5;
/** How long to wait before a file that the server still verifies is read again: first, and later. */
const FIRST_LOOK_MS = 1_000;
const LOOK_MS = 10_000;
const DEFAULT_FIELDS = 'url mimeType fileSize width height';

/**
 * Uploads a file. A repeated attempt has the same idempotency key, so that the file is created once even if the
 * response to an earlier attempt was lost.
 * @throws UploadError when the file is rejected, or when the last attempt failed. The code is `FAILED` when the file was
 *   rejected after the server had created it; it then exists, and the same idempotency key returns it again
 */
export async function uploadFile<File_ extends UploadedFile = UploadedFile>(
  connection: Connection,
  file: Blob,
  options: UploadOptions = {},
): Promise<File_> {
  const { details, onProgress, retries = RETRIES, signal, continueFrom, onStaged } = options;
  const isLarge = file.size > (options.resumableAboveBytes ?? RESUMABLE_ABOVE_BYTES);
  const bySize = isLarge ? 'resumable' : 'form';
  const method = continueFrom ? methodOf(continueFrom) : (options.method ?? bySize);
  const upload: Upload = {
    file,
    filename: options.filename ?? (file instanceof File ? file.name : 'file'),
    protocol: method === 'staged' ? 'PUT' : 'TUS',
    retries,
    mimeType: file.type || 'application/octet-stream',
    fields: `id ${options.fields ?? DEFAULT_FIELDS}`,
    input: {
      ...(details && { details }),
      onDuplicate: options.onDuplicate ?? 'ALLOW',
      idempotencyKey: options.idempotencyKey ?? randomKey(),
    },
    // A form has a few bytes besides the file.
    onSent: (bytes) => onProgress?.(Math.min(bytes / Math.max(file.size, 1), 1)),
    onStaged,
    continueFrom,
    signal,
  };
  const attempt =
    method === 'form'
      ? () => uploadByForm<File_>(connection, upload)
      : createStagedAttempt<File_>(connection, upload);

  onProgress?.(0);
  let completed = await retrying(attempt, { retries, signal });
  onProgress?.(1);
  if (completed.isProcessing) options.onProcessing?.();
  for (let delay = FIRST_LOOK_MS; completed.isProcessing; delay = Math.min(delay * 1.5, LOOK_MS)) {
    await wait(delay, signal);
    completed = await retrying(attempt, { retries, signal });
  }
  if (completed.isReused) options.onReused?.();
  return completed.uploaded;
}

const methodOf = ({ protocol }: StagedUpload) => (protocol === 'TUS' ? 'resumable' : 'staged');
