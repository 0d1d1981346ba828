import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { retryable, unlessMissing } from './s3-client.ts';

interface UnfinishedUpload {
  readonly Key: string;
  readonly UploadId: string;
  readonly startedAt: Date;
}

/** Uploads in parts that were neither completed nor aborted. */
export async function* unfinishedUploads(
  client: S3Client,
  { bucket, prefix }: { bucket: string; prefix: string },
): AsyncGenerator<UnfinishedUpload> {
  let last: ListMultipartUploadsCommandOutput | undefined;
  do {
    const list = new ListMultipartUploadsCommand({
      Bucket: bucket,
      Prefix: prefix,
      KeyMarker: last?.NextKeyMarker,
      UploadIdMarker: last?.NextUploadIdMarker,
    });
    last = await retryable(client.send(list));
    for (const { Key, UploadId, Initiated: startedAt } of last.Uploads ?? [])
      if (Key !== undefined && UploadId !== undefined && startedAt)
        yield { Key, UploadId, startedAt };
  } while (last.IsTruncated);
}

/** Aborts those that started before that time. Returns their number. */
export async function removeUnfinished(
  client: S3Client,
  { bucket, prefix, before }: { bucket: string; prefix: string; before: Date },
): Promise<number> {
  let removed = 0;
  for await (const { Key, UploadId, startedAt } of unfinishedUploads(client, { bucket, prefix })) {
    if (startedAt > before) continue;
    const abort = new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId });
    await retryable(unlessMissing(client.send(abort)));
    removed += 1;
  }
  return removed;
}
