import { type FileHandle, open, readFile } from 'node:fs/promises';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { storageError } from './s3-client.ts';

/** The least that the protocol allows for a part. As many as `PARALLEL_PARTS` are in memory for one upload. */
export const MIN_PART_BYTES = 5 * 2 ** 20;
/** Of the protocol. */
export const MAX_PARTS = 10_000;
const PARALLEL_PARTS = 3;

type Target = Omit<PutObjectCommandInput, 'Body'>;
interface File {
  readonly path: string;
  readonly byteSize: number;
}

/**
 * Sends a file with one request or, if it is large, in parts. Each part is read into a buffer that is used again: the
 * stream of @aws-sdk/lib-storage needs five times the processor time.
 */
export async function sendFile(client: S3Client, target: Target, file: File): Promise<void> {
  try {
    if (file.byteSize > MIN_PART_BYTES) return await sendInParts(client, target, file);
    const bytes = await readFile(file.path);
    if (bytes.length !== file.byteSize) throw new Error('The file changed while it was sent.');
    await client.send(new PutObjectCommand({ ...target, Body: bytes }));
  } catch (error) {
    throw storageError(error);
  }
}

async function sendInParts(client: S3Client, target: Target, { path, byteSize }: File) {
  const { Bucket, Key } = target;
  await using file = await open(path);
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
  const upload = { Bucket, Key, UploadId };
  try {
    const parts = await sendParts(client, { upload, file, byteSize });
    await client.send(
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } }),
    );
  } catch (error) {
    if (await isComplete(client, { Bucket, Key, byteSize, error })) return;
    // If it fails, too, `removeUnfinished` does it.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => {});
    throw error;
  }
}

/** The response to the last request was lost, and its repetition found no upload. */
async function isComplete(
  client: S3Client,
  {
    Bucket,
    Key,
    byteSize,
    error,
  }: Pick<Target, 'Bucket' | 'Key'> & { byteSize: number; error: unknown },
): Promise<boolean> {
  if (!(error instanceof Error) || error.name !== 'NoSuchUpload') return false;
  const found = await client.send(new HeadObjectCommand({ Bucket, Key })).catch(() => null);
  return found?.ContentLength === byteSize;
}

async function sendParts(
  client: S3Client,
  {
    upload,
    file,
    byteSize,
  }: {
    upload: Pick<Target, 'Bucket' | 'Key'> & { UploadId: string | undefined };
    file: FileHandle;
    byteSize: number;
  },
) {
  const partBytes = Math.max(MIN_PART_BYTES, Math.ceil(byteSize / MAX_PARTS));
  const numbers = Array.from(
    { length: Math.ceil(byteSize / partBytes) },
    (_none, index) => index + 1,
  );
  const waiting = numbers.values();
  const tags = new Map<number, string | undefined>();
  const stopping = new AbortController();

  async function sendSome() {
    const buffer = Buffer.allocUnsafeSlow(partBytes);
    for (const number of waiting) {
      stopping.signal.throwIfAborted();
      const start = (number - 1) * partBytes;
      const part = buffer.subarray(0, Math.min(partBytes, byteSize - start));
      await fill(part, file, start);
      const command = new UploadPartCommand({ ...upload, PartNumber: number, Body: part });
      const { ETag } = await client.send(command, { abortSignal: stopping.signal });
      tags.set(number, ETag);
    }
  }

  const lanes = Array.from({ length: PARALLEL_PARTS }, sendSome);
  try {
    await Promise.all(lanes);
  } finally {
    // After an error no part may be sent any more.
    stopping.abort();
    await Promise.allSettled(lanes);
  }
  return numbers.map((number) => ({ PartNumber: number, ETag: tags.get(number) }));
}

async function fill(part: Buffer, file: FileHandle, start: number): Promise<void> {
  for (let filled = 0; filled < part.length;) {
    const { bytesRead } = await file.read(part, filled, part.length - filled, start + filled);
    if (bytesRead === 0) throw new Error('The file changed while it was sent.');
    filled += bytesRead;
  }
}
