import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
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

interface Multipart {
  operations: object;
  files: readonly OutgoingFile[];
  /** Called whenever the receiver reads more. */
  progress?: () => void;
}

/**
 * Creates a GraphQL multipart request that streams the uploads in `operations` in the order of their arrival: any
 * other order would wait for a file behind one that is not read. The body fails when an upload fails; destroying it
 * discards the rest of the files.
 */
export function encodeMultipart(multipart: Multipart): { contentType: string; body: Readable } {
  // No file contains 122 random bits by chance. The longer the boundary (RFC 2046: at most 70 characters), the fewer
  // bytes the receiver compares.
  const boundary = `------federated-media-form-data-${randomUUID()}`;
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: streamParts(boundary, multipart),
  };
}

/** Chunks of a file are passed on by events: an iterator would copy them together whenever several wait. */
function streamParts(
  boundary: string,
  { operations, files, progress = () => {} }: Multipart,
): Readable {
  let current: Readable | undefined;
  const body = new Readable({
    read() {
      progress();
      current?.resume();
    },
    destroy(error, done) {
      current?.destroy();
      done(error);
    },
  });

  function send(file: Readable): Promise<void> {
    current = file;
    file.on('data', (chunk: Buffer) => {
      if (!body.push(chunk)) file.pause();
    });
    return finished(file);
  }

  async function sendAll() {
    const map = Object.fromEntries(files.map(({ path }, index) => [index, [path]]));
    let head =
      fieldPart(boundary, 'operations', JSON.stringify(operations, nullForUpload)) +
      fieldPart(boundary, 'map', JSON.stringify(map));
    for await (const { index, file } of byArrival(files)) {
      if (body.destroyed) return;
      body.push(head + fileHead(boundary, String(index), file));
      await send(file.createReadStream());
      head = '\r\n';
    }
    body.push(`${head}--${boundary}--\r\n`);
    body.push(null);
  }

  sendAll().catch((error: unknown) => body.destroy(asError(error)));
  return body;
}

const asError = (thrown: unknown) => (thrown instanceof Error ? thrown : new Error(String(thrown)));

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

/**
 * Escapes quotes and backslashes (RFC 9110, 5.6.4) and, as browsers do, line breaks, with which a client could add
 * headers. Other control characters are removed.
 */
const quoted = (value: string) =>
  value
    .replaceAll(/[\\"]/g, String.raw`\$&`)
    .replaceAll(/[\r\n]/g, encodeURIComponent)
    .replaceAll(/\p{Cc}/gu, '');
