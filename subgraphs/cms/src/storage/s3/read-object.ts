import { Readable } from 'node:stream';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { ByteRange } from '../storage.ts';
import { streamObject } from './object-stream.ts';
import { statusOf, storageError, unlessMissing } from './s3-client.ts';

const RANGE_NOT_SATISFIABLE = 416;

/** The name of an object. */
export interface ObjectName {
  readonly Bucket: string;
  readonly Key: string;
}

interface OpenObject {
  readonly stream: Readable;
  readonly byteSize: number;
  /** Undefined for a range that contains no bytes. */
  readonly etag: string | undefined;
}

/** Reads objects. A download that is interrupted continues with the same bytes. */
export function createObjectReader({ client, logger }: { client: S3Client; logger: Logger }) {
  async function request(name: ObjectName, range: string | undefined, etag?: string) {
    const given = { ...name, Range: range, IfMatch: etag };
    const found = await unlessMissing(client.send(new GetObjectCommand(given)));
    if (!found) return null;
    const { Body: body, ContentLength: byteSize = 0, ETag } = found;
    if (!(body instanceof Readable)) throw new TypeError('The response has no stream.');
    // Handled where it is read; until then it must not count as unhandled.
    body.on('error', () => {});
    return { body, byteSize, etag: ETag };
  }

  /** Null if the object does not exist. A range beyond the end is shortened. */
  return async function readObject(
    name: ObjectName,
    range?: ByteRange,
  ): Promise<OpenObject | null> {
    const start = range?.start ?? 0;
    let found;
    try {
      found = await request(name, range && `bytes=${start}-${range.end}`);
    } catch (error) {
      if (statusOf(error) === RANGE_NOT_SATISFIABLE)
        return { stream: Readable.from([]), byteSize: 0, etag: undefined };
      throw storageError(error);
    }
    if (!found) return null;
    const { body, byteSize, etag } = found;
    const end = start + byteSize - 1;
    const stream = streamObject(body, {
      start,
      end,
      logger,
      request: async (position) => {
        const rest = await request(name, `bytes=${position}-${end}`, etag).catch(
          (error: unknown) => {
            throw storageError(error);
          },
        );
        if (!rest) throw new Error('The object was deleted while it was read.');
        return rest.body;
      },
    });
    return { stream, byteSize, etag };
  };
}
