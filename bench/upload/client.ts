import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Pool } from 'undici';

const QUERY =
  'mutation($f: Upload!) { uploadMedia(input: { file: $f }) { mediaFile { id checksum fileSize } userErrors { code message } } }';

export interface UploadedFile {
  id: string;
  checksum: string;
  fileSize: number;
}

export interface FileToUpload {
  filename: string;
  mimeType: string;
  /** Bytes at hand go in one piece, as browsers and curl send them; what is made while it is read, as a stream. */
  body: Buffer | Iterable<Buffer>;
}

/** The body of a request by the GraphQL multipart request specification. */
export interface Upload {
  boundary: string;
  body: Buffer | Readable;
}

export function prepareUpload(file: FileToUpload): Upload {
  const boundary = `bench-${randomBytes(12).toString('hex')}`;
  return { boundary, body: multipartBody(boundary, file) };
}

export async function sendUpload(pool: Pool, { boundary, body }: Upload): Promise<UploadedFile> {
  const response = await pool.request({
    method: 'POST',
    path: '/graphql',
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'apollo-require-preflight': 'true',
    },
    body,
    headersTimeout: 120_000,
  });
  const answer: unknown = await response.body.json();
  return fileOf(answer);
}

export const uploadThroughGraph = (pool: Pool, file: FileToUpload): Promise<UploadedFile> =>
  sendUpload(pool, prepareUpload(file));

function multipartBody(
  boundary: string,
  { filename, mimeType, body }: FileToUpload,
): Buffer | Readable {
  const field = (name: string, value: string) =>
    `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const operations = JSON.stringify({ query: QUERY, variables: { f: null } });
  const file = `--${boundary}\r\ncontent-disposition: form-data; name="0"; filename="${filename}"\r\ncontent-type: ${mimeType}\r\n\r\n`;
  const head = Buffer.from(
    field('operations', operations) + field('map', '{"0":["variables.f"]}') + file,
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  if (Buffer.isBuffer(body)) return Buffer.concat([head, body, tail]);
  return Readable.from([[head], body, [tail]].values().flatMap((parts) => parts));
}

function fileOf(answer: unknown): UploadedFile {
  const file = at(answer, 'data', 'uploadMedia', 'mediaFile');
  const [id, checksum, fileSize] = [at(file, 'id'), at(file, 'checksum'), at(file, 'fileSize')];
  if (typeof id !== 'string' || typeof checksum !== 'string' || typeof fileSize !== 'number') {
    throw new Error(`The upload was refused: ${JSON.stringify(answer)}`);
  }
  return { id, checksum, fileSize };
}

const at = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined,
    value,
  );
