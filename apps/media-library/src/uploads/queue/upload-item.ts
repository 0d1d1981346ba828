import type { StagedUpload, UploadOptions } from '@federated-media/client';
import type { Uppy, UppyFile } from '@uppy/core';

/** Why a file was not uploaded. */
export interface Refusal {
  /** A `MediaErrorCode` of the graph, another code of `UploadError`, or one of this queue. */
  readonly code: string;
  readonly message: string;
}

/** What the queue knows about a file, in addition to Uppy. It is kept for the next page after a reload. */
export type UploadMeta = {
  /** Identifies the file here, also after a reload. */
  readonly id: string;
  /** Where the file is to be, and then where the uploaded or existing one is. */
  readonly folder: string;
  readonly idempotencyKey: string;
  readonly onDuplicate: NonNullable<UploadOptions['onDuplicate']>;
  /** Where a large file is being sent to. */
  readonly staged: StagedUpload | null;
  /** The server has all bytes and verifies them. */
  readonly isProcessing: boolean;
  /** By the user, also after a reload. */
  readonly isPaused: boolean;
  /** How much had arrived when it was last paused. */
  readonly pausedBytes: number;
  readonly refusal: Refusal | null;
  /** Of the uploaded file, or of the existing one. Null until then. */
  readonly mediaId: string | null;
  /** The existing file is used: nothing was added to the library. */
  readonly isReused: boolean;
  /** It was added to an earlier page. */
  readonly isRestored: boolean;
};
type NoBody = Record<string, never>;
export type UploadUppy = Uppy<UploadMeta, NoBody>;
export type QueuedFile = UppyFile<UploadMeta, NoBody>;

export type UploadStatus =
  | 'waiting'
  | 'uploading'
  | 'processing'
  | 'paused'
  | 'done'
  | 'duplicate'
  | 'refused';

export const newMeta = (folder: string): UploadMeta => ({
  id: randomKey(),
  folder,
  idempotencyKey: randomKey(),
  onDuplicate: 'REJECT',
  staged: null,
  isProcessing: false,
  isPaused: false,
  pausedBytes: 0,
  refusal: null,
  mediaId: null,
  isReused: false,
  isRestored: false,
});

/** 128 random bits. `crypto.randomUUID` exists on secure origins only. */
export const randomKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');

/** A file as the panel shows it. */
export interface UploadItem {
  readonly id: string;
  readonly name: string;
  readonly folder: string;
  readonly status: UploadStatus;
  readonly totalBytes: number;
  readonly sentBytes: number;
  readonly refusal: Refusal | null;
  readonly mediaId: string | null;
  readonly isReused: boolean;
  readonly isRestored: boolean;
}

export function itemOf(file: QueuedFile, isRunning: boolean): UploadItem {
  const { id, name, meta, progress } = file;
  const totalBytes = file.size ?? 0;
  return {
    id,
    name,
    folder: meta.folder,
    status: statusOf(file, isRunning),
    totalBytes,
    sentBytes: progress.uploadComplete ? totalBytes : sentBytesOf(file),
    refusal: meta.refusal,
    mediaId: meta.mediaId,
    isReused: meta.isReused,
    isRestored: meta.isRestored,
  };
}

/** What has arrived is reported again only some time after the upload was continued. */
export const sentBytesOf = ({ meta, progress }: QueuedFile): number =>
  meta.isPaused ? meta.pausedBytes : progress.bytesUploaded || meta.pausedBytes;

function statusOf({ meta, progress, isPaused }: QueuedFile, isRunning: boolean): UploadStatus {
  if (progress.uploadComplete) return 'done';
  if (meta.refusal) return meta.refusal.code === 'DUPLICATE' ? 'duplicate' : 'refused';
  if (isPaused) return 'paused';
  if (!isRunning) return 'waiting';
  return meta.isProcessing ? 'processing' : 'uploading';
}
