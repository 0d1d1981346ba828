import type { Connection } from './connection.ts';
import { uploadByForm } from './multipart.ts';
import { randomKey } from './random-key.ts';
import { retrying } from './retry.ts';
import { createStagedAttempt } from './staged.ts';
import type { Upload, UploadedFile, UploadOptions } from './upload.ts';

const STAGED_ABOVE_BYTES = 20e6;
const RETRIES = 5;
const DEFAULT_FIELDS = 'url mimeType fileSize width height';

/**
 * Uploads a file. A repeated attempt has the same idempotency key, so that the file is created once even if the
 * response to an earlier attempt was lost.
 * @throws UploadError when the file is rejected, or when the last attempt failed
 */
export async function uploadFile<File_ extends UploadedFile = UploadedFile>(
  connection: Connection,
  file: Blob,
  options: UploadOptions = {},
): Promise<File_> {
  const { details, onProgress, retries = RETRIES, signal } = options;
  const upload: Upload = {
    file,
    filename: options.filename ?? (file instanceof File ? file.name : 'file'),
    mimeType: file.type || 'application/octet-stream',
    fields: `id ${options.fields ?? DEFAULT_FIELDS}`,
    input: {
      ...(details && { details }),
      onDuplicate: options.onDuplicate ?? 'ALLOW',
      idempotencyKey: options.idempotencyKey ?? randomKey(),
    },
    // A form has a few bytes besides the file.
    onSent: (bytes) => onProgress?.(Math.min(bytes / Math.max(file.size, 1), 1)),
    signal,
  };
  const isLarge = file.size > (options.stagedAboveBytes ?? STAGED_ABOVE_BYTES);
  const method = options.method ?? (isLarge ? 'staged' : 'form');
  const attempt =
    method === 'staged'
      ? createStagedAttempt<File_>(connection, upload)
      : () => uploadByForm<File_>(connection, upload);

  onProgress?.(0);
  const uploaded = await retrying(attempt, { retries, signal });
  onProgress?.(1);
  return uploaded;
}
