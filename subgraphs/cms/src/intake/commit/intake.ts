import { newId } from '@federated-media/subgraph-kit/ids';
import { committing } from '@federated-media/subgraph-kit/request-life';
import {
  withExtensionOf,
  withMatchingExtension,
} from '../../files/file-types/matching-extension.ts';
import type { MediaFileRecord } from '../../model/media-file.ts';
import { type StagedBytes, type Staging, sanitizedPathOf } from '../../storage/staging.ts';
import type { Storage } from '../../storage/storage.ts';
import type { Refused } from '../verification/verdict.ts';
import { unlessAborted } from '../../platform/unless-aborted.ts';
import type { Verifier } from '../verification/verifier.ts';
import {
  QUOTA_EXCEEDED,
  TRASHED_FILE,
  UNKNOWN_FILE,
  UNVERIFIED_FILE,
  UPLOAD_EXPIRED,
  type Refusal,
  toUploadResult,
  refusal,
} from './upload-outcome.ts';
import type { NewFile, CommitOptions, UploadRepository } from './repository.ts';
import type { ReplacementRepository } from './replacement-repository.ts';
import type { Reservation } from '../reservations/repository.ts';
import type { OpenReservation } from '../reservations/reservations.ts';
import { storageKey } from '../../storage/object-key.ts';

/** Staged bytes, and what the client declared about them. */
export interface UnverifiedUpload {
  readonly reservation: Reservation;
  readonly staged: StagedBytes;
  readonly originalFilename: string;
  /** Whether the extension must fit the bytes. Otherwise it is replaced by one that fits. */
  readonly nameClaimsType?: boolean;
  /** Verified against the bytes. */
  readonly declaredMimeType: string;
  /** Ends the upload before its commit, with nothing left of it. */
  readonly signal: AbortSignal;
}

export interface StagedFile extends UnverifiedUpload {
  readonly reservation: OpenReservation;
}

/** A file that can be published. */
export interface VerifiedFile {
  readonly file: NewFile;
  /** Its bytes are the sanitized version of the staged ones. */
  readonly isSanitized: boolean;
}

export type Rejected = { readonly refused: Refusal | Refused['refused'] };

type PublishedFrom = Pick<StagedBytes, 'path' | 'copy'>;

export type IntakeOutcome =
  | { readonly mediaFile: MediaFileRecord; readonly reused: boolean }
  | { readonly refused: Refusal };

/**
 * All uploads are verified, published and committed here. The object is written before the row, so
 * a crash can only leave an unreferenced object. The commit is the point of no return: a request that
 * ends before it leaves no file, and after it the response reports the file.
 */
export function createIntake({
  uploads,
  replacements,
  verifier,
  staging,
  storage,
}: {
  uploads: UploadRepository;
  replacements: ReplacementRepository;
  verifier: Verifier;
  staging: Staging;
  storage: Storage;
}) {
  /** @throws the signal's reason */
  async function verify({
    reservation,
    staged,
    originalFilename,
    nameClaimsType = true,
    declaredMimeType,
    signal,
  }: UnverifiedUpload): Promise<VerifiedFile | Rejected> {
    const verifyAs = async (name: string) => {
      const { path, byteSize } = staged;
      const { storeId } = reservation;
      const file = { storeId, path, byteSize, originalFilename: name, declaredMimeType };
      return unlessAborted(verifier.verify(file, { signal }), signal);
    };
    let verdict = await verifyAs(originalFilename);
    // A name that claims no type may still tell one kind of text from another.
    if (!nameClaimsType && 'refused' in verdict && verdict.refused.code === 'TYPE_MISMATCH')
      verdict = await verifyAs('');
    if ('refused' in verdict) return verdict;

    const { extension, mimeType } = verdict.verified;
    const isSanitized = verdict.isSanitized ?? false;
    const kept = isSanitized ? await staging.readSanitized(staged.path) : staged;
    const { sha256: checksum, byteSize } = kept;
    const file: NewFile = {
      filename: `${reservation.replaces?.mediaId ?? reservation.id}.${extension}`,
      originalFilename: nameClaimsType
        ? withMatchingExtension(originalFilename, mimeType)
        : withExtensionOf(mimeType, originalFilename),
      storageKey: storageKey(reservation, { sha256: checksum, extension }),
      byteSize,
      checksum,
      bytes: verdict.verified,
    };
    return { file, isSanitized };
  }

  /** Idempotent, also when the bytes at `staged.path` were published before. @throws the signal's reason */
  async function publish(
    { file, isSanitized }: VerifiedFile,
    { staged: { path, copy }, signal }: { staged: PublishedFrom; signal: AbortSignal },
  ): Promise<void> {
    signal.throwIfAborted();
    await (isSanitized
      ? storage.publish(file.storageKey, sanitizedPathOf(path))
      : storage.publish(file.storageKey, path, { copy }));
    if (isSanitized) await staging.removeUnsanitized(path);
    signal.throwIfAborted();
  }

  /** `validate` can reject the verified file before it is published. */
  async function verifyAndPublish(
    upload: UnverifiedUpload,
    validate: (file: NewFile) => Refusal | null = () => null,
  ): Promise<NewFile | Rejected> {
    const verified = await verify(upload);
    if ('refused' in verified) return verified;
    const refused = validate(verified.file);
    if (refused) return { refused };
    const { staged, signal } = upload;
    await publish(verified, { staged, signal });
    return verified.file;
  }

  /** The earlier result of an idempotency key, if any. */
  async function resultForKey(options: CommitOptions): Promise<IntakeOutcome | null> {
    if (!options.retry) return null;
    const precedent = await uploads.precedent({ ...options, onDuplicate: 'ALLOW' }, null);
    return precedent && toUploadResult(precedent);
  }

  /** Creates the file of published bytes, or returns an existing one that the options allow. */
  async function commit(
    reservation: OpenReservation,
    file: NewFile | Rejected,
    options: CommitOptions,
  ): Promise<IntakeOutcome> {
    // The result of a key takes precedence over problems with the bytes.
    if ('refused' in file) return (await resultForKey(options)) ?? rejectUpload(file.refused);
    const committed = await committing(() =>
      uploads.commit(reservation, file, { ...options, auditId: newId() }),
    );
    if (committed.outcome === 'written') reservation.settle();
    return toUploadResult(committed);
  }

  return {
    resultForKey,
    verify,
    publish,
    commit,

    /**
     * Creates a file, or returns an existing one that the options allow.
     * @throws the signal's reason
     */
    add: async (stagedFile: StagedFile, options: CommitOptions): Promise<IntakeOutcome> =>
      commit(stagedFile.reservation, await verifyAndPublish(stagedFile), options),

    /**
     * Replaces the content of `current` with bytes of the same media type. The old content is kept
     * as a version.
     * @throws the signal's reason
     */
    async replace(
      stagedFile: StagedFile,
      {
        current,
        version,
        actor,
      }: { current: MediaFileRecord; version: number | null; actor: string },
    ): Promise<IntakeOutcome> {
      const file = await verifyAndPublish(stagedFile, ({ bytes }) =>
        bytes.mediaType === current.mediaType
          ? null
          : refusal(
              'TYPE_MISMATCH',
              `The new bytes must have the same media type as the file: ${current.mediaType}.`,
            ),
      );
      if ('refused' in file) return rejectUpload(file.refused);
      const originalFilename = withMatchingExtension(current.originalFilename, file.bytes.mimeType);
      const { reservation } = stagedFile;
      const replaced = await committing(() =>
        replacements.commit(
          reservation,
          { ...file, originalFilename },
          { actor, version, auditId: newId() },
        ),
      );
      if (replaced.outcome === 'written') reservation.settle();
      if ('mediaFile' in replaced) return { mediaFile: replaced.mediaFile, reused: false };
      return { refused: REFUSED_REPLACEMENTS[replaced.outcome] };
    },
  };
}
export type Intake = ReturnType<typeof createIntake>;

const REFUSED_REPLACEMENTS = {
  unknown: UNKNOWN_FILE,
  trashed: TRASHED_FILE,
  processing: UNVERIFIED_FILE,
  stale: refusal('CONFLICT', 'The file has changed. Read it again.', ['version']),
  'given up': UPLOAD_EXPIRED,
  'over quota': QUOTA_EXCEEDED,
} as const;

const rejectUpload = ({ code, message }: Pick<Refusal, 'code' | 'message'>) => ({
  refused: refusal(code, message),
});
