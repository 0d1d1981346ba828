import { UploadError, type UploadedFile, uploadFile } from '@federated-media/client';
import { announceChange } from '../../graph/changes.ts';
import type { QueuedFile, Refusal, UploadMeta, UploadUppy } from './upload-item.ts';

/** Files that are sent at a time. */
const CONCURRENCY = 4;
/** How often the progress of a file is reported. */
const PROGRESS_MS = 200;
/** How long all uploads wait after `uploadFile` has given up on a connection. */
const PAUSE_MS = 10_000;
/** How often a file is sent again after an error of the server, such as 502 for a file that a proxy cannot handle. */
const MOST_ROUNDS = 10;
/** Lists are read again at most this often. */
const REFRESH_MS = 3_000;

/** Errors that each file has at such a moment. */
const NOT_ABOUT_FILE = new Set(['NETWORK', 'UNAUTHENTICATED', 'RATE_LIMITED', 'OVERLOADED']);

const STOPPED = 'The upload was stopped by the user.';

interface Options {
  readonly uppy: UploadUppy;
  /** Called before each request. */
  readonly token: () => Promise<string | undefined>;
  /** A large file has a URL, where its upload can be continued. */
  readonly onStaged: (id: string) => void;
  /** The server does not accept this token any longer. */
  readonly onUnauthenticated: (token: string) => void;
}

/** Sends the files of Uppy, a few at a time. What fails for a reason that can go away is sent again, after the others. */
export function createTransfers({ uppy, token, onStaged, onUnauthenticated }: Options) {
  const waiting: string[] = [];
  const running = new Map<string, AbortController>();
  const listeners = new Map<string, () => void>();
  /** How often the server has failed for a file. */
  const rounds = new Map<string, number>();
  /** Why no upload is started at the moment. */
  let interruption: string | null = null;
  let refreshing: ReturnType<typeof setTimeout> | undefined;

  /** Undefined: it was removed. */
  const find = (id: string): QueuedFile | undefined => uppy.getState().files[id];

  function note(id: string, change: Partial<UploadMeta>): void {
    const file = find(id);
    if (file) uppy.setFileMeta(id, { ...file.meta, ...change });
  }

  function startWaiting(): void {
    if (interruption !== null) return;
    for (let index = 0; index < waiting.length && running.size < CONCURRENCY;) {
      const file = find(waiting[index] ?? '');
      if (file?.isPaused) index += 1;
      else {
        waiting.splice(index, 1);
        if (file) void run(file);
      }
    }
  }

  async function run(file: QueuedFile): Promise<void> {
    const { id, meta } = file;
    const controller = new AbortController();
    running.set(id, controller);
    let used: string | undefined;
    const connection = { endpoint: '/graphql', token: async () => (used = await token()) };
    try {
      if (!(file.data instanceof Blob)) throw LOST;
      let isReused = false;
      const uploaded = await uploadFile<UploadedFile & { folder: string }>(connection, file.data, {
        filename: file.name,
        details: { folder: meta.folder },
        onDuplicate: meta.onDuplicate,
        idempotencyKey: meta.idempotencyKey,
        fields: 'version folder',
        signal: controller.signal,
        onProgress: reporter(id, file.data.size),
        onStaged: (staged) => {
          note(id, { staged, pausedBytes: 0 });
          onStaged(id);
        },
        onReused: () => (isReused = true),
        onProcessing: () => note(id, { isProcessing: true }),
        ...(meta.staged && { continueFrom: meta.staged }),
      });
      succeed(id, { mediaId: uploaded.id, folder: uploaded.folder, isReused });
    } catch (error) {
      if (controller.signal.aborted) {
        if (find(id)) waiting.unshift(id);
      } else if (!isTemporary(error)) refuse(id, refusalOf(error));
      else if (!(await isReadable(file))) refuse(id, refusalOf(UNREADABLE));
      else if (isLastRound(id, error)) refuse(id, refusalOf(error));
      else {
        waiting.push(id);
        if (error.code === 'UNAUTHENTICATED' && used !== undefined) onUnauthenticated(used);
        interrupt(error.code);
      }
    } finally {
      running.delete(id);
      startWaiting();
    }
  }

  function isLastRound(id: string, { code }: UploadError): boolean {
    if (NOT_ABOUT_FILE.has(code)) return false;
    const round = (rounds.get(id) ?? 0) + 1;
    rounds.set(id, round);
    return round >= MOST_ROUNDS;
  }

  function reporter(id: string, bytesTotal: number) {
    let reportedAt = 0;
    return (fraction: number) => {
      const now = performance.now();
      if (fraction < 1 && now - reportedAt < PROGRESS_MS) return;
      reportedAt = now;
      const bytesUploaded = Math.round(fraction * bytesTotal);
      uppy.emit('upload-progress', find(id), {
        uploadStarted: Date.now(),
        bytesUploaded,
        bytesTotal,
      });
    };
  }

  function succeed(id: string, result: Pick<UploadMeta, 'mediaId' | 'folder' | 'isReused'>): void {
    note(id, { ...result, isProcessing: false, staged: null });
    uppy.emit('upload-success', find(id), { status: 200 });
    refreshing ??= setTimeout(() => {
      refreshing = undefined;
      announceChange();
    }, REFRESH_MS);
    end(id);
  }

  function refuse(id: string, refusal: Refusal): void {
    note(id, { refusal, isProcessing: false });
    end(id);
  }

  function end(id: string): void {
    listeners.get(id)?.();
    listeners.delete(id);
    rounds.delete(id);
  }

  function interrupt(reason: string): void {
    if (interruption !== null) return;
    interruption = reason;
    uppy.setState({});
    setTimeout(resume, PAUSE_MS);
  }

  function resume(): void {
    if (interruption === null) return;
    interruption = null;
    uppy.setState({});
    startWaiting();
  }
  addEventListener('online', resume);

  const stop = (id: string) => running.get(id)?.abort(new Error(STOPPED));
  uppy.on('upload-pause', (file, isPaused) => {
    if (isPaused && file) stop(file.id);
    else startWaiting();
  });
  uppy.on('pause-all', () => {
    for (const id of running.keys()) stop(id);
  });
  uppy.on('resume-all', startWaiting);
  uppy.on('file-removed', ({ id }) => {
    stop(id);
    end(id);
  });

  return {
    isRunning: (id: string) => running.has(id),
    /** The code of the error; null if nothing is in the way. */
    interruption: () => interruption,
    resume,
    /** Resolves when each of the files is uploaded, refused or removed. */
    async send(ids: readonly string[]): Promise<void> {
      const open = ids.filter((id) => {
        const file = find(id);
        return file && !file.progress.uploadComplete && !file.meta.refusal && !listeners.has(id);
      });
      waiting.push(...open);
      const ends = open.map((id) => new Promise<void>((resolve) => listeners.set(id, resolve)));
      startWaiting();
      await Promise.all(ends);
    },
  };
}

/** The browser could not keep the bytes while the page was reloaded. */
const LOST = new UploadError('The file has to be chosen again.', { code: 'LOST' });
const UNREADABLE = new UploadError('The file was changed, moved or deleted.', {
  code: 'UNREADABLE',
});

/** A token that has expired is replaced by signing in again. */
const isTemporary = (error: unknown): error is UploadError =>
  error instanceof UploadError && (error.isRetryable || error.code === 'UNAUTHENTICATED');

/** A browser reports a file that was changed since it was chosen as a lost connection. */
const isReadable = (file: QueuedFile): Promise<boolean> =>
  file.data instanceof Blob
    ? file.data
        .slice(0, 1)
        .arrayBuffer()
        .then(
          () => true,
          () => false,
        )
    : Promise.resolve(false);

const refusalOf = (error: unknown): Refusal =>
  error instanceof UploadError
    ? { code: error.code, message: error.message }
    : { code: 'UNEXPECTED', message: error instanceof Error ? error.message : String(error) };
