import { Readable } from 'node:stream';
import type { FileInfo } from 'busboy';
import { MultipartError } from './errors.ts';
import { FILE_BUFFER_BYTES } from './parser.ts';
import type { IncomingFile } from './upload.ts';

/** A file part while it arrives. */
export interface ArrivingFile {
  readonly file: IncomingFile;
  /** Whether somebody has begun to read it. */
  isOpened(): boolean;
  /** Whether somebody read it to its end. */
  isRead(): boolean;
  /** Ends it for whoever reads it, now or later. Does nothing to a file that was read to its end. */
  fail(error: Error): void;
}

/**
 * Hands out a stream of our own for busboy's: destroying busboy's would stop the whole form for good,
 * destroying ours drops the rest of this file only. A part that passes its limit ends there at once,
 * without waiting for the sender to stop.
 */
export function createArrivingFile(
  fieldName: string,
  source: Readable,
  { filename, mimeType, encoding }: FileInfo,
): ArrivingFile {
  let failure: Error | undefined;
  let opened: Readable | undefined;

  source.once('limit', () => source.push(null));

  return {
    file: {
      fieldName,
      filename: filename === undefined || filename === '' ? 'file' : filename,
      mimetype: mimeType,
      encoding,
      createReadStream() {
        if (failure) throw failure;
        if (opened) {
          throw new MultipartError(
            400,
            `File "${fieldName}" is used twice. Send it once for each use.`,
          );
        }
        opened = readableFrom(source);
        return opened;
      },
    },
    isOpened: () => opened !== undefined,
    isRead: () => opened?.readableEnded === true,
    fail(error) {
      failure ??= error;
      if (opened?.readableEnded === false) opened.destroy(error);
    },
  };
}

function readableFrom(source: Readable): Readable {
  const stream = new Readable({
    // What waits at busboy is taken over at once: a small file leaves in one piece.
    highWaterMark: FILE_BUFFER_BYTES,
    read: () => void source.resume(),
    destroy(error, callback) {
      source.resume();
      callback(error);
    },
  });
  // Whoever reads it sees its errors; a stream that was opened and left must not end the process.
  stream.on('error', () => {});
  source.on('data', (chunk: Buffer) => {
    if (!stream.push(chunk) && !stream.destroyed) source.pause();
  });
  source.once('end', () => stream.push(null));
  return stream;
}
