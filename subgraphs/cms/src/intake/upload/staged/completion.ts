import type { Caller } from '@federated-media/subgraph-kit/identity';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { metrics } from '@federated-media/subgraph-kit/telemetry/metrics';
import type { DuplicatePolicy } from '../../../generated/graphql.ts';
import type { DetailsChange } from '../../../files/media-file/details.ts';
import type { MediaFileRecord } from '../../../model/media-file.ts';
import type { OpenStagedBytes, Staging } from '../../../storage/staging.ts';
import type { Storage } from '../../../storage/storage.ts';
import { toUploadResult, refusal } from '../../commit/upload-outcome.ts';
import { retryOf } from '../../commit/idempotency.ts';
import type { Intake, IntakeOutcome, VerifiedFile } from '../../commit/intake.ts';
import type { CommitOptions, UploadRepository } from '../../commit/repository.ts';
import type { Reservation } from '../../reservations/repository.ts';
import type { Reservations } from '../../reservations/reservations.ts';
import { type Found, createProcessing } from './processing.ts';
import type { Attempt, ClaimedAttempt, ProcessingRepository } from './processing-repository.ts';
import type { ClaimedUpload, StagedUploadRecord, StagedUploadRepository } from './repository.ts';
import { type Arrived, type ArrivedListeners, INCOMPLETE, createWork } from './work.ts';

export interface Completion {
  readonly caller: Caller;
  readonly id: string;
  readonly details: DetailsChange;
  readonly key: string | null;
  readonly onDuplicate: DuplicatePolicy;
  /** Ends the completion before its commit; the upload can then be completed again. */
  readonly signal: AbortSignal;
}

interface Dependencies {
  stagedUploads: StagedUploadRepository;
  uploads: UploadRepository;
  processing: ProcessingRepository;
  reservations: Reservations;
  staging: Staging;
  storage: Storage;
  intake: Intake;
  find(storeId: string, ids: readonly string[]): Promise<MediaFileRecord[]>;
  /** How long the response waits for the verification. Default: 3 seconds. */
  patienceMs?: number | undefined;
  logger: Logger;
}

/** Creates files from staged bytes. */
export function createCompletions(dependencies: Dependencies) {
  const { stagedUploads, uploads, processing, reservations, staging, storage } = dependencies;
  const { intake, find, logger } = dependencies;
  const background = createProcessing({
    repository: processing,
    reservations,
    verify: verifyAgain,
    logger,
  });

  const startWork = createWork({ ...dependencies, verifyArrived, recordVerified, background });

  /** The result if no bytes are needed; undefined if they are. */
  async function resultWithoutBytes(
    upload: StagedUploadRecord,
    { options, unread }: Record<'options' | 'unread', CommitOptions>,
  ) {
    const { id, state, answeredWith, stagedSha256, declaredChecksum } = upload;
    const isDone = state === 'DONE' || state === 'PROCESSING';
    const checksum = stagedSha256 ?? declaredChecksum;
    // What an idempotency key stands for depends on the bytes.
    if (state === 'STAGED' && checksum === null) return undefined;
    if (state === 'AWAITED' && checksum === null) return { refused: INCOMPLETE };
    if (options.retry || (!isDone && options.onDuplicate !== 'ALLOW')) {
      const lookUp = (wanted: CommitOptions) =>
        uploads.precedent(isDone ? { ...wanted, onDuplicate: 'ALLOW' } : wanted, checksum);
      let precedent = await lookUp(options);
      if (isDone && precedent?.outcome === 'mismatch') precedent = await lookUp(unread);
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
      return { mediaFile, reused: answeredWith !== null && answeredWith !== id };
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

  /**
   * The bytes that arrived, as a file of this machine. Null if they are not there: the upload has to be sent again.
   * @throws the signal's reason
   */
  async function openArrivedBytes(
    { id, stagedName, stagedSize, stagedSha256 }: StagedUploadRecord,
    signal: AbortSignal,
  ): Promise<OpenStagedBytes | null> {
    // Bytes that a client has sent to the storage itself have this name.
    const isReplaceable = stagedName === id;
    const expected = { byteSize: Number(stagedSize), sha256: stagedSha256, isReplaceable };
    // They are not synced when they arrive, so that a power failure may have cut them off.
    const staged = await staging.open(stagedName ?? id, expected, signal);
    if (staged && stagedSha256 === null) await stagedUploads.recordChecksum(id, staged.sha256);
    return staged;
  }

  /** Clients that send bytes to the storage do not report when they have arrived. */
  async function withArrival(upload: StagedUploadRecord, storeId: string) {
    const { id, state, declaredSize } = upload;
    const isAwaited = staging.direct !== null && state === 'AWAITED' && !upload.isExpired;
    if (!isAwaited || !(await staging.has(id, Number(declaredSize)))) return upload;
    await stagedUploads.recordDirect(storeId, id);
    metrics.upload({ road: 'direct', files: 1, bytes: Number(declaredSize) });
    return stagedUploads.find(storeId, id);
  }

  async function verifyArrived(
    { upload, storeId, signal }: Arrived,
    { onOpened, onVerified }: ArrivedListeners,
  ): Promise<Found> {
    const staged = await openArrivedBytes(upload, signal);
    if (staged === null) return null;
    const { id, originalFilename, declaredMimeType, declaredChecksum } = upload;
    let isPublished = false;
    try {
      onOpened(staged.sha256);
      if ((declaredChecksum ?? staged.sha256) !== staged.sha256) return { refused: OTHER_BYTES };
      const reservation = { id, storeId, replaces: null };
      const claims = { originalFilename, declaredMimeType };
      const verified = await intake.verify({ reservation, staged, ...claims, signal });
      if ('refused' in verified) return verified;
      await onVerified(verified);
      await intake.publish(verified, { staged, signal });
      isPublished = true;
      return verified.file;
    } finally {
      await staged.release({ isPublished });
    }
  }

  /** Continues what another attempt has started. */
  async function verifyAgain(claimed: ClaimedAttempt, signal: AbortSignal): Promise<Found> {
    const { id, storeId, upload, verified } = claimed;
    if (verified && (await storage.stat(verified.file.storageKey)) !== null) {
      // Its staged bytes may be gone. Publishing again makes sure that the object survives a power failure.
      const path = await staging.reservePath(upload.stagedName ?? id);
      await intake.publish(verified, { staged: { path }, signal });
      return verified.file;
    }
    const arrived = { upload, storeId, signal };
    return verifyArrived(arrived, {
      onOpened: () => {},
      onVerified: (found) => recordVerified(claimed, found),
    });
  }

  async function recordVerified(attempt: Attempt, verified: VerifiedFile) {
    if (await processing.recordVerified(attempt, verified)) return;
    throw new Error('Another process has taken over this upload.');
  }

  async function commitBytes(
    completion: Completion,
    claimed: ClaimedUpload,
  ): Promise<IntakeOutcome> {
    const { upload } = claimed;
    await using reservation = reservations.keepAlive(
      { ...claimed.reservation, remainingBytes: null },
      reopen,
    );
    await using work = startWork(claimed, completion.signal);
    const result = await work.conclude(reservation, (sha256) =>
      optionsFor({ ...upload, stagedSha256: sha256 ?? upload.stagedSha256 }, completion),
    );
    if ('mediaFile' in result && result.mediaFile.id !== upload.id) {
      await work.end();
      reservation.settle();
      await discardBytes(reservation);
    }
    return result;
  }

  /** While the bytes are not read, the upload stands for them: only the same one can then be repeated. */
  function optionsFor(
    { id, stagedSha256, declaredChecksum, originalFilename }: StagedUploadRecord,
    { caller, key, details, onDuplicate }: Completion,
  ) {
    const { storeId, subject: actor } = caller;
    const sha256 = stagedSha256 ?? declaredChecksum ?? `upload ${id}`;
    const retry = retryOf(key, { details, onDuplicate, originalFilename, sha256 });
    return { storeId, actor, mutation: 'completeStagedUpload', retry, details, onDuplicate };
  }

  return {
    background,

    /** Null while another completion of the same upload is running. @throws the signal's reason */
    async attempt(completion: Completion): Promise<IntakeOutcome | null> {
      const { id, key, onDuplicate } = completion;
      const { storeId } = completion.caller;
      // No earlier result can be the result of this one.
      if (key === null && onDuplicate === 'ALLOW') {
        const claimed = await stagedUploads.claim(storeId, { id, stagedName: null });
        if (claimed) return commitBytes(completion, claimed);
      }
      const found = await stagedUploads.find(storeId, id);
      const upload = found && (await withArrival(found, storeId));
      if (!upload) return { refused: UNKNOWN_UPLOAD };
      const isExpired =
        upload.isExpired && (upload.state === 'AWAITED' || upload.state === 'STAGED');
      if (isExpired) return { refused: EXPIRED };
      if (upload.state === 'RESERVED' || upload.state === 'ABANDONED') return null;
      const unread = { ...upload, stagedSha256: null, declaredChecksum: null };
      const result = await resultWithoutBytes(upload, {
        options: optionsFor(upload, completion),
        unread: optionsFor(unread, completion),
      });
      if (result !== undefined) return result;
      const claimed = await stagedUploads.claim(storeId, upload);
      return claimed && commitBytes(completion, claimed);
    },
  };
}
export type Completions = ReturnType<typeof createCompletions>;

export const UNKNOWN_UPLOAD = refusal('NOT_FOUND', 'The upload does not exist.');
const OTHER_BYTES = refusal(
  'UPLOAD_INCOMPLETE',
  'The bytes do not match the declared checksum. Send them again.',
);
const EXPIRED = refusal('UPLOAD_EXPIRED', 'The upload was not completed in time. Start again.');
