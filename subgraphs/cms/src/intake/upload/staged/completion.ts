import type { Caller } from '@federated-media/subgraph-kit/identity';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { DuplicatePolicy } from '../../../generated/graphql.ts';
import type { DetailsChange } from '../../../files/media-file/details.ts';
import type { MediaFileRecord } from '../../../model/media-file.ts';
import type { Staging } from '../../../storage/staging.ts';
import { toUploadResult, refusal } from '../../commit/upload-outcome.ts';
import { retryOf } from '../../commit/idempotency.ts';
import type { Intake, IntakeOutcome } from '../../commit/intake.ts';
import type { CommitOptions, UploadRepository } from '../../commit/repository.ts';
import type { Reservation } from '../../reservations/repository.ts';
import type { Reservations } from '../../reservations/reservations.ts';
import type { ClaimedUpload, StagedUploadRecord, StagedUploadRepository } from './repository.ts';

export interface Completion {
  readonly caller: Caller;
  readonly id: string;
  readonly details: DetailsChange;
  readonly key: string | null;
  readonly onDuplicate: DuplicatePolicy;
}

interface Dependencies {
  stagedUploads: StagedUploadRepository;
  uploads: UploadRepository;
  reservations: Reservations;
  staging: Staging;
  intake: Intake;
  find(storeId: string, ids: readonly string[]): Promise<MediaFileRecord[]>;
  logger: Logger;
}

/** Creates files from staged bytes. */
export function createCompletions(dependencies: Dependencies) {
  const { stagedUploads, uploads, reservations, staging, intake, find, logger } = dependencies;

  /** The result if no bytes are needed; undefined if they are. */
  async function resultWithoutBytes(upload: StagedUploadRecord, options: CommitOptions) {
    const { id, state, answeredWith, stagedSha256, declaredChecksum } = upload;
    const isDone = state === 'DONE';
    if (options.retry || (!isDone && options.onDuplicate !== 'ALLOW')) {
      const lookup = isDone ? { ...options, onDuplicate: 'ALLOW' as const } : options;
      const checksum = stagedSha256 ?? declaredChecksum;
      const precedent = await uploads.precedent(lookup, checksum);
      const result = precedent && toUploadResult(precedent);
      if (result && (isDone || 'refused' in result)) return result;
      if (result) return completeWithExisting(result, { id, checksum, options });
    }
    if (isDone) {
      const [mediaFile] = await find(options.storeId, [answeredWith ?? id]);
      if (!mediaFile)
        return {
          refused: refusal('NOT_FOUND', 'The file created from this upload no longer exists.'),
        };
      return { mediaFile, reused: answeredWith !== null };
    }
    if (state === 'AWAITED') return { refused: INCOMPLETE };
    return undefined;
  }

  /**
   * Completes the upload with an existing file and discards its bytes. Null if the upload has
   * changed in the meantime.
   */
  async function completeWithExisting(
    result: { mediaFile: MediaFileRecord; reused: boolean },
    { id, checksum, options }: { id: string; checksum: string | null; options: CommitOptions },
  ) {
    const done = await stagedUploads.completeWithExisting(result.mediaFile.id, {
      id,
      checksum,
      options,
    });
    if (!done) return null;
    await discardBytes({ id, storeId: options.storeId, replaces: null, ...done });
    return result;
  }

  /** If this fails, recovery discards the bytes a day later. */
  async function discardBytes(reservation: Reservation) {
    try {
      await reservations.removeBytes(reservation);
    } catch (error) {
      const { id: upload } = reservation;
      logger.warn({ err: error, upload }, 'could not clean up after a staged upload');
    }
  }

  /** Lets the upload be completed again. Its bytes are kept if they were not published. */
  async function reopen(reservation: Reservation) {
    try {
      if (!(await reservations.abandon(reservation.id))) return;
      await reservations.removeObjects(reservation);
      await reservations.reopen(reservation);
    } catch (error) {
      logger.warn({ err: error, upload: reservation.id }, 'could not reopen a staged upload');
    }
  }

  async function commitBytes(
    options: CommitOptions,
    claimed: ClaimedUpload,
  ): Promise<IntakeOutcome> {
    const { upload } = claimed;
    const { id } = upload;
    await using reservation = reservations.keepAlive(
      { ...claimed.reservation, remainingBytes: null },
      reopen,
    );
    const byteSize = Number(upload.stagedSize);
    // They are not synced when they arrive, so that a power failure may have cut them off.
    const path = await staging.find(upload.stagedName ?? id, byteSize);
    if (path === null) return { refused: INCOMPLETE };
    const staged = {
      path,
      byteSize,
      sha256: upload.stagedSha256 ?? '',
    };
    const { originalFilename, declaredMimeType } = upload;
    const result = await intake.add(
      { reservation, staged, originalFilename, declaredMimeType },
      options,
    );
    if ('mediaFile' in result && result.mediaFile.id !== id) {
      reservation.settle();
      await discardBytes(reservation);
    }
    return result;
  }

  function optionsFor(
    upload: StagedUploadRecord,
    { caller, key, details, onDuplicate }: Completion,
  ) {
    const { storeId, subject: actor } = caller;
    const sha256 = upload.stagedSha256 ?? upload.declaredChecksum ?? '';
    const { originalFilename } = upload;
    const retry = retryOf(key, { details, onDuplicate, originalFilename, sha256 });
    return { storeId, actor, mutation: 'completeStagedUpload', retry, details, onDuplicate };
  }

  return {
    /** Null while another completion of the same upload is running. */
    async attempt(completion: Completion): Promise<IntakeOutcome | null> {
      const { id, key, onDuplicate } = completion;
      const { storeId } = completion.caller;
      // No earlier result can be the result of this one.
      if (key === null && onDuplicate === 'ALLOW') {
        const claimed = await stagedUploads.claim(storeId, { id, stagedName: null });
        if (claimed) return commitBytes(optionsFor(claimed.upload, completion), claimed);
      }
      const upload = await stagedUploads.find(storeId, id);
      if (!upload) return { refused: UNKNOWN_UPLOAD };
      const isExpired = upload.isExpired && upload.state !== 'DONE' && upload.state !== 'RESERVED';
      if (isExpired) return { refused: EXPIRED };
      if (upload.state === 'RESERVED' || upload.state === 'ABANDONED') return null;
      const options = optionsFor(upload, completion);
      const result = await resultWithoutBytes(upload, options);
      if (result !== undefined) return result;
      const claimed = await stagedUploads.claim(storeId, upload);
      return claimed && commitBytes(options, claimed);
    },
  };
}
export type Completions = ReturnType<typeof createCompletions>;

export const UNKNOWN_UPLOAD = refusal('NOT_FOUND', 'The upload does not exist.');
const INCOMPLETE = refusal(
  'UPLOAD_INCOMPLETE',
  'The bytes of this upload have not arrived yet. Send them to its URL first.',
);
const EXPIRED = refusal('UPLOAD_EXPIRED', 'The upload was not completed in time. Start again.');
