import type { Readable, Writable } from 'node:stream';
import busboy, { type FileInfo } from 'busboy';
import { MultipartError } from './errors.ts';

/** A form that is smaller than this is parsed completely before its operation is executed. */
export const FILE_BUFFER_BYTES = 256 * 1024;

export interface ParserLimits {
  maxFieldBytes: number;
  maxFileBytes: number;
  maxFiles: number;
}

/** Callbacks of the parser. An error that `field` or `file` throws is passed to `fail`. */
export interface ParserCallbacks {
  field: (name: string | undefined, text: string) => void;
  /** `source` is paused until the file is read. */
  file: (name: string | undefined, source: Readable, info: FileInfo) => void;
  fail: (error: MultipartError) => void;
}

/**
 * busboy with all limits, and with all failures passed to `fail`.
 * @throws MultipartError 415 or 400 for a content type that it cannot parse
 */
export function createParser(
  contentType: string | undefined,
  { maxFieldBytes, maxFileBytes, maxFiles }: ParserLimits,
  callbacks: ParserCallbacks,
): Writable {
  const tooManyFiles = () => new MultipartError(413, `Too many files. The maximum is ${maxFiles}.`);
  const parser = openBusboy(contentType, {
    // One byte more than the limit, because busboy truncates at the limit itself.
    fieldSize: maxFieldBytes + 1,
    fileSize: maxFileBytes + 1,
    fields: 2,
    files: maxFiles,
    // The two fields, the files, and the closing boundary, which busboy counts as a part.
    parts: maxFiles + 3,
  });

  const orReport = (step: () => void) => {
    // The parser continues to the end of the chunk that caused the error.
    if (parser.destroyed) return;
    try {
      step();
    } catch (error) {
      callbacks.fail(error instanceof MultipartError ? error : malformed(error));
    }
  };
  parser.on('field', (name, text, { valueTruncated }) =>
    orReport(() => {
      if (valueTruncated) throw new MultipartError(413, 'A form field is too large.');
      callbacks.field(name, text);
    }),
  );
  parser.on('file', (name, source, info) => {
    // The parser reports the same error; without a listener it would end the process.
    source.on('error', () => {});
    source.pause();
    orReport(() => callbacks.file(name, source, info));
  });
  parser.on('filesLimit', () => callbacks.fail(tooManyFiles()));
  parser.on('partsLimit', () => callbacks.fail(tooManyFiles()));
  parser.on('fieldsLimit', () =>
    callbacks.fail(new MultipartError(400, 'The form has too many fields.')),
  );
  parser.on('error', (error) => callbacks.fail(malformed(error)));
  return parser;
}

/** Whether the content type is that of a multipart request. */
export const isMultipart = (contentType: string | undefined): boolean =>
  /^multipart\/form-data\s*(?:;|$)/i.test(contentType ?? '');

function openBusboy(contentType: string | undefined, limits: busboy.Limits) {
  if (!isMultipart(contentType)) {
    throw new MultipartError(415, 'The content type must be multipart/form-data.');
  }
  if (/;\s*boundary=""/i.test(contentType ?? '')) throw noBoundary();
  try {
    return busboy({
      headers: { 'content-type': contentType },
      defParamCharset: 'utf8',
      fileHwm: FILE_BUFFER_BYTES,
      limits,
    });
  } catch (cause) {
    throw noBoundary(cause);
  }
}

const noBoundary = (cause?: unknown) =>
  new MultipartError(400, 'The content type must have a boundary parameter.', { cause });

const malformed = (cause: unknown) =>
  new MultipartError(400, 'The multipart body is malformed or incomplete.', { cause });
