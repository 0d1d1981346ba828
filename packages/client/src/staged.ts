import type { Connection } from './connection.ts';
import { UploadError } from './errors.ts';
import { ask, fileOf, throwFirst, type UserError } from './graph.ts';
import { refusalOf } from './refusal.ts';
import { sendResumable } from './resumable.ts';
import { send } from './send.ts';
import type { StagedUpload, Upload } from './upload.ts';

/** The file, whether the server still verifies it, and whether the store already had it. */
export interface Completed<File> {
  readonly uploaded: File;
  readonly isProcessing: boolean;
  readonly isReused: boolean;
}

/**
 * Asks for a URL, sends the bytes to it, and creates the file from them. Returns an attempt, which can be repeated: what
 * has succeeded is not done again, and a file that is PROCESSING is read again. If the upload to continue from is gone,
 * it starts again.
 */
export function createStagedAttempt<File>(
  connection: Connection,
  upload: Upload,
): () => Promise<Completed<File>> {
  let staged = upload.continueFrom;
  let isContinued = staged !== undefined;
  let isSending = false;

  async function attempt(): Promise<Completed<File>> {
    isSending = false;
    if (staged) {
      // An earlier attempt, or an earlier page, may have sent the bytes, and the upload may be completed already.
      const completed = await completeIfArrived<File>(connection, upload, staged.id);
      if (completed) return completed;
    } else {
      staged = await stage(connection, upload);
      upload.onStaged?.(staged);
    }
    isSending = true;
    await sendBytes(connection, staged, upload);
    isSending = false;
    return complete<File>(connection, upload, staged.id);
  }

  return async () => {
    try {
      const completed = await attempt();
      isContinued = false;
      return completed;
    } catch (error) {
      const isGone =
        error instanceof UploadError &&
        (GONE.has(error.code) || (isSending && URL_IS_GONE.has(error.code)));
      if (!isContinued || !isGone) throw error;
      isContinued = false;
      staged = undefined;
      return await attempt();
    }
  };
}

/** The server has removed the upload, or its URL has expired. */
const GONE: ReadonlySet<string> = new Set(['NOT_FOUND', 'UPLOAD_EXPIRED']);
/** The same, as the URL of the bytes says it. From the GraphQL endpoint, such a status can be that of a proxy. */
const URL_IS_GONE: ReadonlySet<string> = new Set(['FORBIDDEN', 'HTTP_403', 'HTTP_404', 'HTTP_410']);

interface Payload<File> {
  readonly mediaFile: File | null;
  readonly reused?: boolean;
  readonly current?: { readonly status?: string; readonly failure?: string | null } | null;
  readonly userErrors: readonly UserError[];
}

/** Undefined: the server does not have all bytes. */
async function completeIfArrived<File>(
  connection: Connection,
  upload: Upload,
  id: string,
): Promise<Completed<File> | undefined> {
  try {
    return await complete<File>(connection, upload, id);
  } catch (error) {
    if (error instanceof UploadError && error.code === 'UPLOAD_INCOMPLETE') return undefined;
    throw error;
  }
}

/** Completing an upload again returns its file with its current status, and needs no other scope. */
async function complete<File>(
  connection: Connection,
  upload: Upload,
  id: string,
): Promise<Completed<File>> {
  const read = (selection: string) =>
    ask<Payload<File>>(connection, {
      query: `mutation ($input: CompleteStagedUploadInput!) {
        result: completeStagedUpload(input: $input) {
          mediaFile { ${upload.fields} } current: mediaFile { ${selection} } reused userErrors { code message field }
        }
      }`,
      variables: { input: { ...upload.input, id } },
      signal: upload.signal,
    });
  const { mediaFile, current, reused = false, userErrors } = await read('status');
  if (current?.status === 'FAILED') {
    // Separately, because not every token may read it.
    const failed = await read('failure');
    const message = failed.current?.failure ?? 'The file was rejected.';
    throw new UploadError(message, { code: 'FAILED' });
  }
  return {
    uploaded: fileOf(mediaFile, userErrors),
    isProcessing: current?.status === 'PROCESSING',
    isReused: reused,
  };
}

async function stage(connection: Connection, upload: Upload): Promise<StagedUpload> {
  const { file, filename, mimeType, protocol, signal } = upload;
  const [payload] = await ask<
    readonly { readonly stagedUpload: StagedUpload; readonly userErrors: readonly UserError[] }[]
  >(connection, {
    query: `mutation ($input: [StagedUploadInput!]!) {
      result: createStagedUploads(input: $input) {
        stagedUpload { id protocol url headers { name value } }
        userErrors { code message field }
      }
    }`,
    variables: { input: [{ filename, mimeType, fileSize: file.size, protocol }] },
    signal,
  });
  throwFirst(payload?.userErrors ?? []);
  if (!payload) throw new UploadError('The server returned no URL.', { code: 'INTERNAL' });
  return payload.stagedUpload;
}

/** The signature in the URL is the permission, so no token is sent. */
const sendBytes = (connection: Connection, staged: StagedUpload, upload: Upload): Promise<void> =>
  staged.protocol === 'TUS'
    ? sendResumable({ ...upload, url: staged.url })
    : putBytes(connection, staged, upload);

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
  const unknown = text.slice(0, 200) || `The upload was answered with status ${status}.`;
  // A bucket answers in XML.
  const { code, message = unknown } = refusalOf(text) ?? {};
  throw new UploadError(message, {
    code: code ?? `HTTP_${status}`,
    isRetryable: status >= 500 || status === 408 || status === 409 || status === 429,
    retryAfterMs,
  });
}
