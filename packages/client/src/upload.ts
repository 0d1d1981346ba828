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
  /** Called when the server has all bytes and verifies them after its response. The upload ends when it has done that. */
  readonly onProcessing?: () => void;
  /** Called when `REUSE` returned a file that the store already had. */
  readonly onReused?: () => void;
  /** Ends the upload. It rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
  readonly details?: MediaDetails;
  /** What to do when the store already has the same bytes. Default: `ALLOW`. */
  readonly onDuplicate?: 'ALLOW' | 'REUSE' | 'REJECT';
  /** The name of a Blob, which has none. */
  readonly filename?: string;
  /**
   * `form`: one multipart request through the gateway. `staged`: one PUT past the gateway. `resumable`: many requests past
   * the gateway, by tus 1.0; an interrupted upload continues where it was. Default: by size.
   */
  readonly method?: 'form' | 'staged' | 'resumable';
  /** Larger files are sent by a resumable upload. Default: 20 MB. */
  readonly resumableAboveBytes?: number;
  /** Attempts after the first one. Default: 5. */
  readonly retries?: number;
  /** Identifies this upload, for repeating it yourself. Default: a random one. */
  readonly idempotencyKey?: string;
  /**
   * Called when the server has assigned a URL to a staged or resumable upload. Keep it with the idempotency key, so that
   * a reloaded page can continue the upload.
   */
  readonly onStaged?: (staged: StagedUpload) => void;
  /**
   * The upload of the same file that an earlier page has started, with the same idempotency key. The server keeps the
   * bytes of a resumable upload for a day. If it was completed, its file is returned; if it is gone, the upload starts
   * again.
   */
  readonly continueFrom?: StagedUpload;
  /** The fields of MediaFile to return, besides `id`. Default: `url mimeType fileSize width height`. */
  readonly fields?: string;
}

/** An upload that has a URL. Survives `JSON.stringify`. The URL is the permission to send the bytes, so keep it secret. */
export interface StagedUpload {
  readonly id: string;
  readonly protocol: 'PUT' | 'TUS';
  readonly url: string;
  /** Of a PUT. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
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
  /** Of a staged upload. */
  readonly protocol: 'PUT' | 'TUS';
  /** Attempts after the first one. */
  readonly retries: number;
  readonly fields: string;
  readonly input: {
    readonly details?: MediaDetails;
    readonly onDuplicate: string;
    readonly idempotencyKey: string;
  };
  readonly onSent: (bytes: number) => void;
  readonly onStaged: ((staged: StagedUpload) => void) | undefined;
  readonly continueFrom: StagedUpload | undefined;
  readonly signal: AbortSignal | undefined;
}
