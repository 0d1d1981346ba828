import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListPartsCommand,
  type ListPartsCommandOutput,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import { FileTooLargeError, FileWriter } from '../file-writer.ts';
import type { ResumableBytes } from '../resumable-bytes.ts';
import { asStorageError } from '../storage-full.ts';
import type { ObjectName, createObjectReader } from './read-object.ts';
import { retryable, unlessMissing } from './s3-client.ts';
import { MAX_PARTS, MIN_PART_BYTES } from './send-file.ts';
import { unfinishedUploads } from './unfinished-uploads.ts';

const PART_BYTES = 8 * 2 ** 20;
/** Of this process. They are in memory while they are sent. */
const MAX_PARTS_IN_FLIGHT = 16;
const MAX_REMEMBERED = 1_000;
const TAIL = '.tail';

interface Part {
  readonly PartNumber: number;
  readonly ETag: string | undefined;
}

/** What the bucket has of an upload. */
interface Arrived {
  readonly uploadId: string | null;
  /** Without gaps. */
  readonly parts: readonly Part[];
  readonly partBytes: number;
  /** Behind the parts, in an object: too few bytes for a part. */
  readonly tailBytes: number;
}

/**
 * Resumable bytes as an upload in parts. All parts but the last need 5 MiB; fewer bytes at the end of a request wait in
 * an object, the tail, which names its position. It is valid only behind the parts that were there when it was written,
 * so that a process can be killed at any time. A part is collected in a file of this machine first, because a slow client
 * would occupy memory.
 */
export function createS3ResumableBytes({
  client,
  at,
  headers,
  folder,
  read,
}: {
  client: S3Client;
  at: (name: string) => ObjectName;
  /** Of new objects. */
  headers: object;
  /** For parts that are being collected. Leftovers of killed processes are swept with staged files. */
  folder: string;
  read: ReturnType<typeof createObjectReader>;
}) {
  const inFlight = pLimit(MAX_PARTS_IN_FLIGHT);
  /** As the latest `size` found it; the caller's lock keeps it valid until `append`. */
  const found = new LRUCache<string, Arrived>({ max: MAX_REMEMBERED });
  const tailAt = (name: string) => ({ ...at(name), Key: `${at(name).Key}${TAIL}` });

  async function uploadIdOf(name: string): Promise<string | null> {
    const { Bucket: bucket, Key: prefix } = at(name);
    for await (const { Key, UploadId } of unfinishedUploads(client, { bucket, prefix }))
      if (Key === prefix) return UploadId;
    return null;
  }

  async function partsOf(name: string, uploadId: string) {
    const parts: Part[] = [];
    let partBytes = 0;
    let last: ListPartsCommandOutput | null = null;
    do {
      const list: ListPartsCommand = new ListPartsCommand({
        ...at(name),
        UploadId: uploadId,
        PartNumberMarker: last?.NextPartNumberMarker,
      });
      last = await retryable(unlessMissing(client.send(list)));
      for (const { PartNumber, ETag, Size = 0 } of last?.Parts ?? []) {
        if (PartNumber !== parts.length + 1) return { parts, partBytes };
        parts.push({ PartNumber, ETag });
        partBytes += Size;
      }
    } while (last?.IsTruncated);
    return { parts, partBytes };
  }

  async function arrivedOf(name: string): Promise<Arrived> {
    const uploadId = await uploadIdOf(name);
    if (uploadId === null) return NOTHING;
    const [{ parts, partBytes }, tail] = await Promise.all([
      partsOf(name, uploadId),
      retryable(unlessMissing(client.send(new HeadObjectCommand(tailAt(name))))),
    ]);
    const isValid = tail?.Metadata?.[POSITION] === String(partBytes);
    const tailBytes = isValid ? tail.ContentLength : undefined;
    return { uploadId, parts, partBytes, tailBytes: tailBytes ?? 0 };
  }

  /** The size of the object with all bytes; null if it does not exist. */
  async function finishedSize(name: string): Promise<number | null> {
    const head = await retryable(unlessMissing(client.send(new HeadObjectCommand(at(name)))));
    return head?.ContentLength ?? null;
  }

  async function start(name: string): Promise<string> {
    const create = new CreateMultipartUploadCommand({ ...at(name), ...headers });
    const { UploadId } = await retryable(client.send(create));
    if (UploadId === undefined) throw new TypeError('The upload has no id.');
    return UploadId;
  }

  async function openPiece() {
    await mkdir(folder, { recursive: true });
    const path = join(folder, `piece-${randomUUID()}.part`);
    const file = await open(path, 'wx');
    const writer = new FileWriter(file, { maxBytes: Infinity });
    writer.on('error', () => {}); // reported where it is written to
    return {
      path,
      byteSize: () => writer.byteSize,
      async write(chunk: Uint8Array) {
        if (writer.errored) throw writer.errored;
        if (!writer.write(chunk)) await once(writer, 'drain');
      },
      fill: (stream: Readable) => pipeline(stream, writer, { end: false }),
      async end() {
        writer.end();
        await finished(writer);
        await file.close();
      },
      async remove() {
        writer.destroy();
        await file.close();
        await rm(path, { force: true });
      },
    };
  }
  type Piece = Awaited<ReturnType<typeof openPiece>>;

  const resumable: ResumableBytes = {
    async size(name) {
      const [arrived, all] = await Promise.all([arrivedOf(name), finishedSize(name)]);
      found.set(name, arrived);
      return all ?? arrived.partBytes + arrived.tailBytes;
    },

    async append(name, body, { position, byteSize, hash }) {
      const arrived = found.get(name) ?? (await arrivedOf(name));
      found.delete(name);
      const { parts, tailBytes } = arrived;
      if (arrived.partBytes + tailBytes !== position)
        throw new Error(`The bucket has other bytes of the upload than ${position}.`);
      const uploadId = arrived.uploadId ?? (await start(name));
      const least = Math.max(MIN_PART_BYTES, Math.ceil(byteSize / (MAX_PARTS - 1)));
      const most = Math.max(PART_BYTES, least);

      const pieces = new Set<Piece>();
      let sending: Promise<void> = Promise.resolve();
      let sentBytes = arrived.partBytes;
      let lastNumber = parts.length;
      let received = position;

      /**
       * One part is sent while the next one is collected, and not two at a time: one behind a part that has failed would
       * later seem to continue a shorter one in its place.
       */
      async function send(piece: Piece) {
        await piece.end();
        await sending;
        lastNumber += 1;
        sentBytes += piece.byteSize();
        const part = { ...at(name), UploadId: uploadId, PartNumber: lastNumber };
        sending = inFlight(() => sendPart(piece, part));
        sending.catch(() => {}); // reported where it is awaited
      }

      async function sendPart(
        piece: Piece,
        part: ObjectName & { UploadId: string; PartNumber: number },
      ) {
        const Body = await readFile(piece.path);
        await retryable(client.send(new UploadPartCommand({ ...part, Body })));
        pieces.delete(piece);
        await piece.remove();
      }

      async function newPiece(): Promise<Piece> {
        const piece = await openPiece();
        pieces.add(piece);
        return piece;
      }

      try {
        let piece: Piece | undefined;
        if (tailBytes > 0) {
          piece = await newPiece();
          const tail = await read(tailAt(name));
          if (tail?.byteSize !== tailBytes) throw new Error('The tail of the upload has changed.');
          await piece.fill(tail.stream);
        }
        for await (const chunk of body) {
          if (!(chunk instanceof Uint8Array)) throw new TypeError('The body is not binary.');
          received += chunk.length;
          if (received > byteSize) throw new FileTooLargeError(byteSize);
          hash?.update(chunk);
          for (let rest = chunk; rest.length > 0;) {
            piece ??= await newPiece();
            const part = rest.subarray(0, most - piece.byteSize());
            await piece.write(part);
            rest = rest.subarray(part.length);
            if (piece.byteSize() < most) continue;
            await send(piece);
            piece = undefined;
          }
        }
        if (piece && (piece.byteSize() >= least || received === byteSize)) {
          await send(piece);
          piece = undefined;
        }
        await sending;
        if (piece) await putTail(name, piece, sentBytes);
        return received;
      } catch (error) {
        throw asStorageError(error);
      } finally {
        await Promise.allSettled([sending]);
        await Promise.all([...pieces].map((piece) => piece.remove()));
      }

      async function putTail(of: string, piece: Piece, from: number) {
        await piece.end();
        const content = {
          Body: await readFile(piece.path),
          Metadata: { [POSITION]: String(from) },
        };
        await retryable(
          client.send(new PutObjectCommand({ ...tailAt(of), ...headers, ...content })),
        );
      }
    },

    async finish(name) {
      found.delete(name);
      if ((await finishedSize(name)) !== null) return;
      const { uploadId, parts } = await arrivedOf(name);
      if (uploadId === null) throw new Error('The upload has no parts.');
      const all = { ...at(name), UploadId: uploadId, MultipartUpload: { Parts: [...parts] } };
      await retryable(client.send(new CompleteMultipartUploadCommand(all)));
      await retryable(client.send(new DeleteObjectCommand(tailAt(name))));
    },
  };

  /** Idempotent. */
  async function discard(name: string): Promise<void> {
    found.delete(name);
    const uploadId = await uploadIdOf(name);
    if (uploadId !== null) {
      const abort = new AbortMultipartUploadCommand({ ...at(name), UploadId: uploadId });
      await retryable(unlessMissing(client.send(abort)));
    }
    await retryable(client.send(new DeleteObjectCommand(tailAt(name))));
  }

  return { resumable, discard };
}

const POSITION = 'position';
const NOTHING: Arrived = { uploadId: null, parts: [], partBytes: 0, tailBytes: 0 };
