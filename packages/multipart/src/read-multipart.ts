import type { IncomingMessage } from 'node:http';
import { drain } from './drain.ts';
import { MultipartError } from './errors.ts';
import type { JsonLimits } from './json-size.ts';
import { feedParser } from './feed.ts';
import { createForm } from './form.ts';
import type { GraphQLOperationBody } from './operations.ts';
import { createParser } from './parser.ts';
import type { Upload } from './upload.ts';

export interface MultipartLimits {
  /** Of `operations` and of `map`, each. */
  maxFieldBytes: number;
  /** Of `operations` and of `map`, each. */
  json: JsonLimits;
  /** A larger file is delivered cut at `maxFileBytes + 1` bytes: whoever counts can tell. */
  maxFileBytes: number;
  maxFiles: number;
  /** How long the client may send nothing while it is waited for. */
  idleMs: number;
  /** How long a file may wait for a reader while it blocks what follows. */
  unreadMs: number;
}

export interface MultipartRequest {
  /** With an `Upload` wherever a file goes. */
  operations: GraphQLOperationBody;
  uploads: readonly Upload[];
  /**
   * To be called once the operation is answered, whatever became of it: lets go of files that nobody
   * read, and reads and drops the rest of the body, within bounds, so that the answer gets through.
   */
  finish(): Promise<void>;
  /** How many files there are, and what has arrived of them. */
  received(): { files: number; bytes: number };
}

/**
 * Reads a GraphQL multipart request, streaming. Resolves when all of the body has been checked (of a small
 * one that turns out to be broken nothing is executed), when a file waits to be read, or when one is over
 * its limit. What breaks later rejects the uploads that wait and destroys the streams that are read.
 *
 * Files come in the order they were sent and are kept nowhere, so read all of them at once.
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
    parser,
    idleMs: limits.idleMs,
    unreadMs: limits.unreadMs,
    isStuck: form.isStuck,
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
