import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  type CopyObjectCommandInput,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import pLimit from 'p-limit';
import { NOT_IMPLEMENTED, statusOf, storageError } from './s3-client.ts';

/** One request may copy 5 GB, but nothing is received until it has ended, and this client does not wait for long. */
const PART_BYTES = 128 * 2 ** 20;
const PARALLEL_PARTS = 4;

/** Such as Ceph 16, if the object is encrypted or shall be. */
export class CopyNotSupportedError extends Error {
  override readonly name = 'CopyNotSupportedError';
}

type Target = Omit<CopyObjectCommandInput, 'CopySource'> & { Bucket: string; Key: string };

/**
 * Copies the object `name` of the same bucket inside of the object store, in parts if it is large.
 * @throws CopyNotSupportedError if the store never copies it
 */
export async function copyObject(
  client: S3Client,
  target: Target,
  { name, byteSize }: { name: string; byteSize: number },
): Promise<void> {
  const source = { CopySource: `${target.Bucket}/${name}` };
  try {
    if (byteSize > PART_BYTES) return await copyInParts(client, target, { source, byteSize });
    // What the client may have declared about its object is not copied.
    const replaced = { MetadataDirective: 'REPLACE', TaggingDirective: 'REPLACE' } as const;
    await client.send(new CopyObjectCommand({ ...target, ...source, ...replaced }));
  } catch (error) {
    if (statusOf(error) === NOT_IMPLEMENTED)
      throw new CopyNotSupportedError('The object store does not copy it.', { cause: error });
    throw storageError(error);
  }
}

async function copyInParts(
  client: S3Client,
  target: Target,
  { source, byteSize }: { source: { CopySource: string }; byteSize: number },
): Promise<void> {
  const { Bucket, Key } = target;
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
  const parallel = pLimit(PARALLEL_PARTS);
  async function copyPart(index: number) {
    const start = index * PART_BYTES;
    const end = Math.min(start + PART_BYTES, byteSize) - 1;
    const PartNumber = index + 1;
    const part = { Bucket, Key, UploadId, PartNumber, CopySourceRange: `bytes=${start}-${end}` };
    const { CopyPartResult } = await client.send(new UploadPartCopyCommand({ ...part, ...source }));
    return { PartNumber, ETag: CopyPartResult?.ETag };
  }
  try {
    const count = Math.ceil(byteSize / PART_BYTES);
    const Parts = await Promise.all(
      Array.from({ length: count }, (_, index) => parallel(() => copyPart(index))),
    );
    await client.send(
      new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }),
    );
  } catch (error) {
    parallel.clearQueue();
    // If this fails, it is removed like those of a killed process.
    const abort = new AbortMultipartUploadCommand({ Bucket, Key, UploadId });
    await client.send(abort).catch(() => {});
    throw error;
  }
}
