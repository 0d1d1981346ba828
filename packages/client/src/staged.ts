import type { Connection } from './connection.ts';
import { UploadError } from './errors.ts';
import { ask, fileOf, throwFirst, type UserError } from './graph.ts';
import { send } from './send.ts';
import type { Upload } from './upload.ts';

interface StagedUpload {
  readonly id: string;
  readonly url: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

/**
 * Asks for a URL, sends the bytes to it, and creates the file from them. Returns an attempt, which can be repeated: what
 * has succeeded is not done again.
 */
export function createStagedAttempt<File>(
  connection: Connection,
  upload: Upload,
): () => Promise<File> {
  let staged: StagedUpload | undefined;
  let isSent = false;
  return async () => {
    staged ??= await stage(connection, upload);
    if (!isSent) await putBytes(connection, staged, upload);
    isSent = true;
    try {
      return await complete<File>(connection, upload, staged.id);
    } catch (error) {
      if (error instanceof UploadError && error.code === 'UPLOAD_INCOMPLETE') isSent = false;
      throw error;
    }
  };
}

async function complete<File>(connection: Connection, upload: Upload, id: string): Promise<File> {
  const { fields, input, signal } = upload;
  const { mediaFile, userErrors } = await ask<{
    readonly mediaFile: File | null;
    readonly userErrors: readonly UserError[];
  }>(connection, {
    query: `mutation ($input: CompleteStagedUploadInput!) {
      result: completeStagedUpload(input: $input) { mediaFile { ${fields} } userErrors { code message field } }
    }`,
    variables: { input: { ...input, id } },
    signal,
  });
  return fileOf(mediaFile, userErrors);
}

async function stage(connection: Connection, upload: Upload): Promise<StagedUpload> {
  const { file, filename, mimeType, signal } = upload;
  const [payload] = await ask<
    readonly { readonly stagedUpload: StagedUpload; readonly userErrors: readonly UserError[] }[]
  >(connection, {
    query: `mutation ($input: [StagedUploadInput!]!) {
      result: createStagedUploads(input: $input) {
        stagedUpload { id url headers { name value } }
        userErrors { code message field }
      }
    }`,
    variables: { input: [{ filename, mimeType, fileSize: file.size }] },
    signal,
  });
  throwFirst(payload?.userErrors ?? []);
  if (!payload) throw new UploadError('The server returned no URL.', { code: 'INTERNAL' });
  return payload.stagedUpload;
}

/** The signature in the URL is the permission, so no token is sent. */
async function putBytes(
  { silentMs }: Connection,
  { url, headers }: StagedUpload,
  { file, onSent, signal }: Upload,
) {
  const { status, text, retryAfterMs } = await send({
    url,
    method: 'PUT',
    headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])),
    body: file,
    onSent,
    signal,
    silentMs,
  });
  if (status < 300) return;
  throw new UploadError(text.slice(0, 200) || `The upload was answered with status ${status}.`, {
    code: `HTTP_${status}`,
    isRetryable: status >= 500 || status === 408 || status === 409 || status === 429,
    retryAfterMs,
  });
}
