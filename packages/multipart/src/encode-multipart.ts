import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { type IncomingFile, Upload } from './upload.ts';

/** An upload and its dotted path in the operations: `variables.input.file`. */
export interface OutgoingFile {
  readonly path: string;
  readonly upload: Upload;
}

/**
 * Finds all uploads in `operations`. It does not recurse, because a body could be nested deeper than the call stack.
 */
export function findUploads(operations: object): OutgoingFile[] {
  const found: OutgoingFile[] = [];
  const entries = entriesOf('', operations);
  // The loop appends to the list.
  for (const { path, value } of entries) {
    if (value instanceof Upload) found.push({ path, upload: value });
    else if (typeof value === 'object' && value !== null) {
      for (const entry of entriesOf(`${path}.`, value)) entries.push(entry);
    }
  }
  return found;
}

const entriesOf = (prefix: string, holder: object) =>
  Object.entries(holder).map(([key, value]: [string, unknown]) => ({ path: prefix + key, value }));

/**
 * Creates a GraphQL multipart request that streams the uploads in `operations` in the order of their arrival: any
 * other order would wait for a file behind one that is not read. The body fails when an upload fails; destroying it
 * discards the rest of the files. `progress` is called whenever the receiver reads more.
 */
export function encodeMultipart({
  operations,
  files,
  progress = () => {},
}: {
  operations: object;
  files: readonly OutgoingFile[];
  progress?: () => void;
}): { contentType: string; body: Readable } {
  // No file contains 122 random bits by chance. The longer the boundary (RFC 2046: at most 70 characters), the fewer
  // bytes the receiver compares.
  const boundary = `------federated-media-form-data-${randomUUID()}`;
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Readable.from(writeParts({ boundary, operations, files, progress }), {
      objectMode: false,
    }),
  };
}

async function* writeParts({
  boundary,
  operations,
  files,
  progress,
}: {
  boundary: string;
  operations: object;
  files: readonly OutgoingFile[];
  progress: () => void;
}): AsyncGenerator<Buffer, void, undefined> {
  const map = Object.fromEntries(files.map(({ path }, index) => [index, [path]]));
  let head =
    fieldPart(boundary, 'operations', JSON.stringify(operations, nullForUpload)) +
    fieldPart(boundary, 'map', JSON.stringify(map));

  for await (const { index, file } of byArrival(files)) {
    yield Buffer.from(head + fileHead(boundary, String(index), file));
    for await (const chunk of file.createReadStream()) {
      yield chunk;
      progress();
    }
    head = '\r\n';
  }
  yield Buffer.from(`${head}--${boundary}--\r\n`);
}

async function* byArrival(files: readonly OutgoingFile[]) {
  const pending = new Map(
    files.map(({ upload }, index) => [
      index,
      upload.promise.then((file: IncomingFile) => ({ index, file })),
    ]),
  );
  while (pending.size > 0) {
    const next = await Promise.race(pending.values());
    pending.delete(next.index);
    yield next;
  }
}

const nullForUpload = (_key: string, value: unknown) => (value instanceof Upload ? null : value);

const fieldPart = (boundary: string, name: string, value: string) =>
  `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

const fileHead = (boundary: string, name: string, { filename, mimetype }: IncomingFile) =>
  `--${boundary}\r\n` +
  `Content-Disposition: form-data; name="${name}"; filename="${quoted(filename)}"\r\n` +
  `Content-Type: ${/^[\w.+-]+\/[\w.+-]+$/.test(mimetype) ? mimetype : 'application/octet-stream'}\r\n\r\n`;

/** Escapes quotes and backslashes (RFC 9110, 5.6.4) and line breaks, with which a client could add headers. */
const quoted = (value: string) =>
  value.replaceAll(/[\\"]/g, String.raw`\$&`).replaceAll(/\p{Cc}/gu, encodeURIComponent);
