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

/**
 * Uploads one file by the GraphQL multipart request specification: bytes at hand in one piece, as browsers
 * and curl send them, and what is made while it is read as a stream.
 */
export async function uploadThroughGraph(
  pool: Pool,
  {
    filename,
    mimeType,
    body,
  }: { filename: string; mimeType: string; body: Buffer | Iterable<Buffer> },
): Promise<UploadedFile> {
  const boundary = `bench-${randomBytes(12).toString('hex')}`;
  const response = await pool.request({
    method: 'POST',
    path: '/graphql',
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'apollo-require-preflight': 'true',
    },
    body: multipartBody({ boundary, filename, mimeType, body }),
    headersTimeout: 120_000,
  });
  const answer: unknown = await response.body.json();
  return fileOf(answer);
}

function multipartBody({
  boundary,
  filename,
  mimeType,
  body,
}: {
  boundary: string;
  filename: string;
  mimeType: string;
  body: Buffer | Iterable<Buffer>;
}): Buffer | Readable {
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
