import type { Connection } from '../connection.ts';
import { UploadError } from '../errors.ts';
import { randomKey } from '../random-key.ts';
import { uploadFile } from '../upload-file.ts';
import type { UploadedFile, UploadOptions } from '../upload.ts';

/** A file and how far its upload is. */
export type FileUpload = {
  /** Identifies the upload in `cancel`, `retry` and `remove`. */
  readonly id: string;
  readonly file: Blob;
  /** From 0 to 1. */
  readonly progress: number;
} &
  /** `processing`: the server has all bytes and verifies them. */
  (
    | { readonly status: 'waiting' | 'uploading' | 'processing' | 'cancelled' }
    | { readonly status: 'done'; readonly uploaded: UploadedFile }
    | { readonly status: 'failed'; readonly error: UploadError }
  );

export interface AddOptions extends Omit<
  UploadOptions,
  | 'onProgress'
  | 'onProcessing'
  | 'onReused'
  | 'signal'
  | 'filename'
  | 'idempotencyKey'
  | 'onStaged'
  | 'continueFrom'
> {
  /** Called once for each file that was uploaded. */
  readonly onUploaded?: (uploaded: UploadedFile, file: Blob) => void;
}

interface Job extends AddOptions {
  readonly connection: Connection;
  readonly idempotencyKey: string;
  /** Ends the current attempt. */
  readonly controller: AbortController;
}

/** Uploads of one page, at most `concurrency` at a time. */
export function createUploads(concurrency: number) {
  let uploads: readonly FileUpload[] = [];
  let isClosed = false;
  const jobs = new Map<string, Job>();
  const listeners = new Set<() => void>();

  function publish(changed: readonly FileUpload[]): void {
    uploads = changed;
    for (const listener of listeners) listener();
  }

  function change(id: string, to: (upload: FileUpload) => FileUpload): void {
    publish(uploads.map((upload) => (upload.id === id ? to(upload) : upload)));
  }

  function startWaiting(): void {
    const running = uploads.filter(({ status }) => status === 'uploading').length;
    const waiting = uploads.filter(({ status }) => status === 'waiting');
    for (const upload of waiting.slice(0, Math.max(0, concurrency - running))) void run(upload);
  }

  async function run({ id, file }: FileUpload): Promise<void> {
    const job = jobs.get(id);
    if (!job) return;
    const { connection, controller, onUploaded, ...options } = job;
    const { signal } = controller;
    change(id, () => ({ id, file, status: 'uploading', progress: 0 }));
    const onProgress = (progress: number) => {
      if (!signal.aborted) change(id, () => ({ id, file, status: 'uploading', progress }));
    };
    const onProcessing = () => {
      if (signal.aborted) return;
      change(id, () => ({ id, file, status: 'processing', progress: 1 }));
      startWaiting();
    };
    const own = { onProgress, onProcessing, signal };
    try {
      const uploaded = await uploadFile(connection, file, { ...options, ...own });
      if (signal.aborted) return;
      change(id, () => ({ id, file, status: 'done', progress: 1, uploaded }));
      // Separately, because an error of the page is not one of the upload.
      queueMicrotask(() => onUploaded?.(uploaded, file));
    } catch (error) {
      if (signal.aborted) return;
      // The key of a file that FAILED would return it again.
      if (error instanceof UploadError && error.code === 'FAILED')
        jobs.set(id, { ...job, idempotencyKey: randomKey() });
      change(id, ({ progress }) => ({ id, file, progress, status: 'failed', error: typed(error) }));
    }
    startWaiting();
  }

  /** Waiting and running uploads; all others stay unchanged. */
  function cancel(id: string): void {
    jobs.get(id)?.controller.abort();
    change(id, (upload) => {
      const isOpen = OPEN.has(upload.status);
      const { file, progress } = upload;
      return isOpen ? { id, file, progress, status: 'cancelled' } : upload;
    });
  }

  return {
    current: () => uploads,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    add(connection: Connection, files: Iterable<Blob>, options: AddOptions = {}): void {
      const added = Array.from(files, (file): FileUpload => {
        const id = randomKey();
        // A retry after a lost response creates no second file.
        const own = { idempotencyKey: randomKey(), controller: new AbortController() };
        jobs.set(id, { ...options, ...own, connection });
        return { id, file, status: isClosed ? 'cancelled' : 'waiting', progress: 0 };
      });
      publish([...uploads, ...added]);
      startWaiting();
    },
    cancel(id: string): void {
      cancel(id);
      startWaiting();
    },
    /** Failed and cancelled uploads. */
    retry(connection: Connection, id: string): void {
      const job = jobs.get(id);
      if (!job || isClosed) return;
      change(id, (upload) => {
        if (upload.status !== 'failed' && upload.status !== 'cancelled') return upload;
        jobs.set(id, { ...job, connection, controller: new AbortController() });
        return { id, file: upload.file, status: 'waiting', progress: 0 };
      });
      startWaiting();
    },
    /** Cancels the upload if it has not ended, and forgets it. */
    remove(id: string): void {
      jobs.get(id)?.controller.abort();
      jobs.delete(id);
      publish(uploads.filter((upload) => upload.id !== id));
      startWaiting();
    },
    /** Cancels all uploads, and until `open` those that are added. */
    close(): void {
      isClosed = true;
      for (const { id } of uploads) cancel(id);
    },
    open(): void {
      isClosed = false;
    },
  };
}

const OPEN: ReadonlySet<string> = new Set(['waiting', 'uploading', 'processing']);

/** What fails outside of a request, such as the function that returns the token. */
const typed = (error: unknown): UploadError =>
  error instanceof UploadError
    ? error
    : new UploadError(error instanceof Error ? error.message : String(error), {
        code: 'UNEXPECTED',
        cause: error,
      });
