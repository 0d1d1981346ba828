import type { Connection } from './connection.ts';
import { uploadByForm } from './multipart.ts';
import { retrying } from './retry.ts';
import { uploadStaged } from './staged.ts';

/** `MediaDetailsInput` of the graph. */
export interface MediaDetails {
  readonly title?: string | null;
  readonly folder?: string | null;
  readonly altText?: string | null;
  readonly altTexts?: readonly { readonly locale: string; readonly text: string }[] | null;
  readonly decorative?: boolean | null;
  readonly description?: string | null;
  readonly tags?: readonly string[] | null;
  readonly focalPoint?: { readonly x: number; readonly y: number } | null;
  readonly visibility?: 'PUBLIC' | 'PRIVATE' | null;
}

export interface UploadOptions {
  /** From 0 to 1. Falls back when an attempt is repeated. In Node only 0 and 1. */
  readonly onProgress?: (fraction: number) => void;
  /** Ends the upload. It rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
  readonly details?: MediaDetails;
  /** What to do when the store already has the same bytes. Default: `ALLOW`. */
  readonly onDuplicate?: 'ALLOW' | 'REUSE' | 'REJECT';
  /** The name of a Blob, which has none. */
  readonly filename?: string;
  /**
   * `form`: one multipart request through the gateway. `staged`: the bytes go straight to the CMS. Default: by size.
   */
  readonly method?: 'form' | 'staged';
  /** Larger files are staged. Default: 20 MB. */
  readonly stagedAboveBytes?: number;
  /** Attempts after the first one. Default: 5. */
  readonly retries?: number;
  /** Identifies this upload, for repeating it yourself. Default: a random one. */
  readonly idempotencyKey?: string;
  /** The fields of MediaFile to return, besides `id`. Default: `url mimeType fileSize width height`. */
  readonly fields?: string;
}

/** The default fields; with `fields`, those. */
export interface UploadedFile {
  readonly id: string;
  readonly url?: string | null;
  readonly mimeType?: string;
  readonly fileSize?: number;
  readonly width?: number | null;
  readonly height?: number | null;
}

/** One upload, with all that its attempts share. */
export interface Upload {
  readonly file: Blob;
  readonly filename: string;
  readonly mimeType: string;
  readonly fields: string;
  readonly input: {
    readonly details?: MediaDetails;
    readonly onDuplicate: string;
    readonly idempotencyKey: string;
  };
  readonly onSent: (bytes: number) => void;
  readonly signal: AbortSignal | undefined;
}

const STAGED_ABOVE_BYTES = 20e6;
const RETRIES = 5;
const DEFAULT_FIELDS = 'url mimeType fileSize width height';

/**
 * Uploads a file. A repeated attempt has the same idempotency key, so that the file is created once even if the
 * response to an earlier attempt was lost.
 * @throws UploadError when the file is rejected, or when the last attempt failed
 */
export async function uploadFile<File_ extends UploadedFile = UploadedFile>(
  connection: Connection,
  file: Blob,
  options: UploadOptions = {},
): Promise<File_> {
  const { details, onProgress, retries = RETRIES, signal } = options;
  const upload: Upload = {
    file,
    filename: options.filename ?? (file instanceof File ? file.name : 'file'),
    mimeType: file.type || 'application/octet-stream',
    fields: `id ${options.fields ?? DEFAULT_FIELDS}`,
    input: {
      ...(details && { details }),
      onDuplicate: options.onDuplicate ?? 'ALLOW',
      idempotencyKey: options.idempotencyKey ?? randomKey(),
    },
    // A form has a few bytes besides the file.
    onSent: (bytes) => onProgress?.(Math.min(bytes / Math.max(file.size, 1), 1)),
    signal,
  };
  const isLarge = file.size > (options.stagedAboveBytes ?? STAGED_ABOVE_BYTES);
  const method = options.method ?? (isLarge ? 'staged' : 'form');
  const attempt = method === 'staged' ? uploadStaged<File_> : uploadByForm<File_>;

  onProgress?.(0);
  const uploaded = await retrying(() => attempt(connection, upload), { retries, signal });
  onProgress?.(1);
  return uploaded;
}

/** `crypto.randomUUID` exists on secure origins only. */
const randomKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
