import { UploadError } from '@federated-media/client';
import Uppy from '@uppy/core';
import type { Session } from '../../session/session.ts';
import type { ChosenFile } from '../incoming.ts';
import { type KeptFiles, openKeptFiles } from './kept-files.ts';
import { lockPage } from './page-lock.ts';
import { createTransfers } from './transfers.ts';
import {
  type UploadItem,
  type UploadMeta,
  type UploadUppy,
  itemOf,
  newMeta,
  randomKey,
  sentBytesOf,
} from './upload-item.ts';

/** How often the panel is rendered. */
const RENDER_MS = 150;
/** How long `token` may take before the user is asked to sign in. */
const SIGN_IN_MS = 1_000;
/** Few enough that the page still responds. */
const ADDED_AT_ONCE = 50;
const NOT_STARTED = { uploadStarted: null, bytesUploaded: false, percentage: 0 } as const;

const silent = () => {};
const nextTask = () => new Promise<void>((resolve) => setTimeout(resolve));

export interface QueueState {
  readonly items: readonly UploadItem[];
  /** Why no file is sent at the moment: a code of `UploadError`. Null if nothing is in the way. */
  readonly interruption: string | null;
  /** The session has ended; the uploads go on after the sign-in. */
  readonly needsSignIn: boolean;
}

/** The uploads of this page. They survive a reload. */
export function createQueue(session: Session) {
  const uppy: UploadUppy = new Uppy({
    // Two files can have the same name.
    onBeforeFileAdded: (file) => ({ ...file, id: file.meta.id }),
    logger: { debug: silent, warn: silent, error: silent },
  });
  uppy.setState({ capabilities: { ...uppy.getState().capabilities, resumableUploads: true } });

  const late = new Set<symbol>();
  async function token(): Promise<string | undefined> {
    const request = Symbol('request');
    const timer = setTimeout(() => {
      late.add(request);
      publish();
    }, SIGN_IN_MS);
    try {
      return (await session.token()) ?? undefined;
    } catch (cause) {
      // What the user can change, the session itself waits for.
      throw new UploadError('No token can be obtained now.', {
        code: 'NETWORK',
        isRetryable: true,
        cause,
      });
    } finally {
      clearTimeout(timer);
      if (late.delete(request)) publish();
    }
  }
  let kept: KeptFiles | undefined;
  const transfers = createTransfers({
    uppy,
    token,
    onStaged: (id) => void kept?.update(id, uppy.getFile(id).meta),
    onUnauthenticated: session.rejected,
  });
  uppy.addUploader(async (ids) => {
    uppy.emit(
      'upload-start',
      uppy.getFilesByIds(ids).filter(({ progress }) => !progress.uploadStarted),
    );
    await transfers.send(ids);
  });

  const listeners = new Set<() => void>();
  let state = read();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function read(): QueueState {
    return {
      items: uppy.getFiles().map((file) => itemOf(file, transfers.isRunning(file.id))),
      interruption: transfers.interruption(),
      needsSignIn: late.size > 0,
    };
  }

  function publish(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      state = read();
      for (const listener of listeners) listener();
    }, RENDER_MS);
  }
  uppy.on('state-update', publish);

  /** A reload leaves paused what is paused now. */
  function rememberPauses(ids: readonly string[]): void {
    const { files } = uppy.getState();
    const changed = ids.flatMap((id) => {
      const file = files[id];
      const isPaused = file?.isPaused === true;
      if (!file || file.progress.uploadComplete || isPaused === file.meta.isPaused) return [];
      // Only a large file continues where it was.
      const pausedBytes = isPaused || file.meta.staged ? sentBytesOf(file) : 0;
      const meta = { ...file.meta, isPaused, pausedBytes };
      void kept?.update(id, meta);
      return [[id, { ...file, meta }] as const];
    });
    uppy.setState({ files: { ...files, ...Object.fromEntries(changed) } });
  }
  uppy.on('upload-pause', (file) => file && rememberPauses([file.id]));
  for (const event of ['pause-all', 'resume-all'] as const) {
    uppy.on(event, () => rememberPauses(uppy.getFiles().map(({ id }) => id)));
  }

  void keepForReload(uppy, session.id).then((files) => (kept = files));

  /** The failed ones again, with these changes. */
  async function again(ids: readonly string[], change: Partial<UploadMeta>): Promise<void> {
    const { files } = uppy.getState();
    const changed = ids.flatMap((id) => {
      const file = files[id];
      if (!file?.meta.refusal) return [];
      const { code } = file.meta.refusal;
      // The key of a file that was rejected after it had been created would return that file.
      const own = {
        refusal: null,
        isPaused: false,
        pausedBytes: 0,
        staged: code === 'DUPLICATE' ? file.meta.staged : null,
      };
      const meta = { ...file.meta, ...own, idempotencyKey: randomKey(), ...change };
      const progress = { ...NOT_STARTED, bytesTotal: file.size };
      void kept?.update(id, meta);
      return [[id, { ...file, meta, progress, error: code }] as const];
    });
    uppy.setState({ files: { ...files, ...Object.fromEntries(changed) } });
    await uppy.retryAll();
  }

  return {
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    state: () => state,
    async add(files: readonly ChosenFile[]): Promise<void> {
      for (let from = 0; from < files.length; from += ADDED_AT_ONCE) {
        const some = files.slice(from, from + ADDED_AT_ONCE);
        uppy.addFiles(
          some.map(({ file, folder, name = file.name }) => ({
            name,
            type: file.type,
            data: file,
            meta: newMeta(folder),
          })),
        );
        await nextTask();
      }
      await uppy.upload();
    },
    togglePause: (id: string) => void uppy.pauseResume(id),
    pauseAll: () => uppy.pauseAll(),
    resumeAll: () => uppy.resumeAll(),
    /** Does not wait any longer for a connection that was lost. */
    resume: transfers.resume,
    remove: (ids: readonly string[]) => uppy.removeFiles([...ids]),
    retry: (ids: readonly string[]) => void again(ids, {}),
    /** The bytes are in the library: the existing file takes the place of the upload. */
    useExisting: (ids: readonly string[]) => void again(ids, { onDuplicate: 'REUSE' }),
    uploadAnyway: (ids: readonly string[]) => void again(ids, { onDuplicate: 'ALLOW' }),
  };
}
export type Queue = ReturnType<typeof createQueue>;

/**
 * Keeps the uploads of this page, and goes on with those of the page before a reload. Of several pages only one does:
 * otherwise each of them would send the same files.
 */
async function keepForReload(uppy: UploadUppy, owner: string): Promise<KeptFiles | undefined> {
  if (!(await lockPage(`media-library-uploads:${owner}`))) return undefined;
  const kept = openKeptFiles(owner);
  const earlier = await kept.restore();
  const known = new Set(earlier.map(({ meta }) => meta.id));
  void kept.keep(uppy.getFiles().filter(({ progress }) => !progress.uploadComplete));
  uppy.on('files-added', (files) => void kept.keep(files.filter(({ id }) => !known.has(id))));
  uppy.on('upload-success', (file) => void (file && kept.forget([file.id])));
  uppy.on('file-removed', ({ id }) => void kept.forget([id]));
  if (earlier.length > 0) {
    uppy.addFiles(
      earlier.map(({ file, meta }) => {
        // An earlier release of this page has kept less.
        const complete = { ...newMeta(meta.folder), ...meta };
        const pausedBytes = complete.staged ? complete.pausedBytes : 0;
        return { ...file, meta: { ...complete, pausedBytes, refusal: null, isRestored: true } };
      }),
    );
    for (const { meta } of earlier) {
      if (meta.isPaused) uppy.setFileState(meta.id, { isPaused: true });
    }
    void uppy.upload();
  }
  return kept;
}
