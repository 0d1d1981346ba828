import { randomBytes } from 'node:crypto';
import type { IncomingFile, Upload } from './upload.ts';

export interface OutgoingFile {
  /** Dotted path into the operations, `variables.input.file`. */
  readonly path: string;
  readonly upload: Upload;
}

/**
 * A GraphQL multipart request that passes uploads on while they arrive, in the order of their arrival:
 * any other order would wait for a file that waits behind one nobody reads. `operations` must hold null
 * at every path. The body fails when an upload fails; ending it early drops what is left of the files.
 */
export function encodeMultipart({
  operations,
  files,
}: {
  operations: object;
  files: readonly OutgoingFile[];
}): { contentType: string; body: AsyncIterable<Buffer> } {
  // Nobody can make a file that contains 192 random bits; and the longer it is (RFC 2046: at most 70
  // characters), the fewer bytes the receiver's search looks at.
  const boundary = `----federated-media-${randomBytes(24).toString('hex')}`;
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: writeParts(boundary, operations, files),
  };
}

async function* writeParts(
  boundary: string,
  operations: object,
  files: readonly OutgoingFile[],
): AsyncGenerator<Buffer, void, undefined> {
  const map = Object.fromEntries(files.map(({ path }, index) => [index, [path]]));
  let head =
    fieldPart(boundary, 'operations', JSON.stringify(operations)) +
    fieldPart(boundary, 'map', JSON.stringify(map));

  for await (const { index, file } of byArrival(files)) {
    yield Buffer.from(head + fileHead(boundary, String(index), file));
    for await (const chunk of file.createReadStream()) yield chunk;
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

const fieldPart = (boundary: string, name: string, value: string) =>
  `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

const fileHead = (boundary: string, name: string, { filename, mimetype }: IncomingFile) =>
  `--${boundary}\r\n` +
  `Content-Disposition: form-data; name="${name}"; filename="${quoted(filename)}"\r\n` +
  `Content-Type: ${/^[\w.+-]+\/[\w.+-]+$/.test(mimetype) ? mimetype : 'application/octet-stream'}\r\n\r\n`;

/** Quotes and backslashes as in RFC 9110, 5.6.4; a line break would start a header of the client's own. */
const quoted = (value: string) =>
  value.replaceAll(/[\\"]/g, String.raw`\$&`).replaceAll(/\p{Cc}/gu, encodeURIComponent);
