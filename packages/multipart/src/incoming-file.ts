import { Readable } from 'node:stream';
import type { FileInfo } from 'busboy';
import { MultipartError } from './errors.ts';
import { FILE_BUFFER_BYTES } from './parser.ts';
import type { IncomingFile } from './upload.ts';

/** A file part that is arriving. */
export interface ArrivingFile {
  readonly file: IncomingFile;
  /** Whether reading has started. */
  isOpened(): boolean;
  /** Whether it was read to its end. */
  isRead(): boolean;
  /** Makes current and later reads fail. Has no effect on a file that was read to its end. */
  fail(error: Error): void;
}

/**
 * Wraps busboy's stream: destroying that one would stop the whole form permanently, while destroying the wrapper
 * discards only the rest of this file. A part that exceeds its limit ends at once, without waiting for the sender to
 * stop.
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
      filename: filename === undefined || filename === '' ? 'file' : unescaped(filename),
      mimetype: mimeType,
      encoding,
      createReadStream() {
        if (failure) throw failure;
        if (opened) {
          throw new MultipartError(
            400,
            `File "${fieldName}" is used twice. Send it once per usage.`,
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

/**
 * Browsers escape these three characters and nothing else, so a percent sign that is in the name stays (HTML, "multipart
 * form data", "escape a string for use in a multipart/form-data name or filename"). A client that is no browser can send
 * a name with a real `%22`, which looks the same and is changed.
 */
const unescaped = (filename: string) =>
  filename.replaceAll('%22', '"').replaceAll('%0D', '\r').replaceAll('%0A', '\n');

function readableFrom(source: Readable): Readable {
  const stream = new Readable({
    // As large as the buffer of busboy, so that a small file is passed on at once.
    highWaterMark: FILE_BUFFER_BYTES,
    read: () => void source.resume(),
    destroy(error, callback) {
      source.resume();
      callback(error);
    },
  });
  // The reader receives the errors too; a stream that was opened and not read must not end the process.
  stream.on('error', () => {});
  source.on('data', (chunk: Buffer) => {
    if (!stream.push(chunk) && !stream.destroyed) source.pause();
  });
  source.once('end', () => stream.push(null));
  return stream;
}
