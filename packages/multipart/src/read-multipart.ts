import type { IncomingMessage } from 'node:http';
import { drain } from './drain.ts';
import { MultipartError } from './errors.ts';
import type { JsonLimits } from './json-size.ts';
import { feedParser } from './feed.ts';
import { createForm } from './form.ts';
import type { GraphQLOperationBody } from './operations.ts';
import type { PaceLimits } from './pace.ts';
import { createParser } from './parser.ts';
import type { Upload } from './upload.ts';

export interface MultipartLimits {
  /** Who sends the body, for example a store. While there are several, they take turns. */
  sender: string;
  /** Of `operations` and of `map`, each. */
  maxFieldBytes: number;
  /** Of `operations` and of `map`, each. */
  json: JsonLimits;
  /** A larger file ends at `maxFileBytes + 1` bytes, so that its reader can detect it. */
  maxFileBytes: number;
  maxFiles: number;
  /** How long the client may send nothing while the server waits for it. */
  idleMs: number;
  /** How long a file that blocks the following ones may wait for its reader. */
  unreadMs: number;
  pace: PaceLimits;
  /** Called for each part of the body that arrives. */
  onData?: () => void;
}

export interface MultipartRequest {
  /** With an `Upload` in the position of each file. */
  operations: GraphQLOperationBody;
  uploads: readonly Upload[];
  /**
   * Call it after the operation ended, with or without an error. It releases files that were not read, and reads and
   * discards the rest of the body, within limits, so that the response reaches the client.
   */
  finish(): Promise<void>;
  /** The number of files, and the bytes that arrived. */
  received(): { files: number; bytes: number };
}

/**
 * Reads a GraphQL multipart request as a stream. Resolves when the whole body was parsed (so that a small invalid one
 * is not executed), when a file waits to be read, or when one exceeds its limit. Later errors reject pending uploads
 * and destroy open streams.
 *
 * Files arrive in the order in which they were sent and are not stored: read all of them at the same time.
 * @throws MultipartError
 */
export async function readMultipart(
  request: IncomingMessage,
  limits: MultipartLimits,
): Promise<MultipartRequest> {
  const form = createForm(limits);
  const checked = Promise.withResolvers<void>();
  let stopped = false;
  let fileBytes = 0;

  const stop = (error: MultipartError) => {
    if (stopped) return;
    stopped = true;
    feed.stop();
    form.fail(error);
    parser.destroy();
  };
  const fail = (error: MultipartError) => {
    stop(error);
    checked.reject(error);
  };

  const parser = createParser(request.headers['content-type'], limits, {
    field: form.addField,
    file: (name, source, info) => {
      source.on('data', (chunk: Buffer) => {
        fileBytes += chunk.length;
        feed.countFileBytes(chunk.length);
      });
      source.once('limit', checked.resolve);
      form.addFile(name, source, info);
    },
    fail,
  });
  const feed = feedParser({
    request,
    sender: limits.sender,
    parser,
    idleMs: limits.idleMs,
    unreadMs: limits.unreadMs,
    paceLimits: limits.pace,
    isStuck: form.isStuck,
    onData: limits.onData,
    onWaiting: checked.resolve,
    onParsed: () => {
      if (stopped) return;
      feed.stop();
      const missing = form.missing();
      if (missing) fail(missing);
      else checked.resolve();
    },
    onFailed: fail,
  });

  await checked.promise;
  const accepted = form.request();
  return {
    ...accepted,
    received: () => ({ files: accepted.uploads.length, bytes: fileBytes }),
    finish() {
      if (!request.readableEnded || !form.isDone()) {
        stop(new MultipartError(400, 'The operation ended before this file was read.'));
      }
      return drain(request);
    },
  };
}
