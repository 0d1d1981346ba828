import type { Connection } from './connection.ts';
import { uploadFile } from './upload-file.ts';
import type { UploadedFile, UploadOptions } from './upload.ts';

export interface UploadFilesOptions extends Omit<
  UploadOptions,
  | 'idempotencyKey'
  | 'filename'
  | 'onProgress'
  | 'onProcessing'
  | 'onReused'
  | 'onStaged'
  | 'continueFrom'
> {
  /** How many files are sent at a time. Default: 3. */
  readonly concurrency?: number;
  /** Of all files together, by bytes, from 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
  /** Called when the upload of a file has ended. */
  readonly onResult?: (result: UploadResult) => void;
}

export type UploadResult = { readonly index: number; readonly file: Blob } & (
  | { readonly uploaded: UploadedFile }
  | { readonly error: unknown }
);

const CONCURRENCY = 3;

/**
 * Uploads many files, a few at a time. One that fails does not stop the others; the results are in the order of
 * `files`. When `signal` aborts, the files that are not uploaded yet fail with its reason.
 */
export async function uploadFiles(
  connection: Connection,
  files: Iterable<Blob>,
  { concurrency = CONCURRENCY, onProgress, onResult, ...options }: UploadFilesOptions = {},
): Promise<UploadResult[]> {
  const all = [...files];
  const results: UploadResult[] = [];
  const totalBytes = all.reduce((sum, { size }) => sum + size, 0);
  const sentBytes = new Map<number, number>();
  const report = (index: number, bytes: number) => {
    sentBytes.set(index, bytes);
    const sum = [...sentBytes.values()].reduce((total, one) => total + one, 0);
    onProgress?.(totalBytes === 0 ? 1 : sum / totalBytes);
  };
  const waiting = all.entries();

  async function work(): Promise<void> {
    for (const [index, file] of waiting) {
      const progress = (fraction: number) => report(index, fraction * file.size);
      const result = await uploadFile(connection, file, { ...options, onProgress: progress }).then(
        (uploaded) => ({ index, file, uploaded }),
        (error: unknown) => ({ index, file, error }),
      );
      report(index, file.size);
      results[index] = result;
      onResult?.(result);
    }
  }

  await Promise.all(Array.from({ length: Math.max(1, concurrency) }, work));
  return results;
}
