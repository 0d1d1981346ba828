import { newId } from '@federated-media/subgraph-kit/ids';
import { withMatchingExtension } from '../../files/file-types/matching-extension.ts';
import type { MediaFileRecord } from '../../model/media-file.ts';
import type { StagedBytes, Staging } from '../../storage/staging.ts';
import type { Storage } from '../../storage/storage.ts';
import type { Refused } from '../verification/verdict.ts';
import { unlessAborted } from '../../platform/unless-aborted.ts';
import type { Verifier } from '../verification/verifier.ts';
import {
  QUOTA_EXCEEDED,
  TRASHED_FILE,
  UNKNOWN_FILE,
  UPLOAD_EXPIRED,
  type Refusal,
  toUploadResult,
  refusal,
} from './upload-outcome.ts';
import type { NewFile, CommitOptions, UploadRepository } from './repository.ts';
import type { ReplacementRepository } from './replacement-repository.ts';
import type { OpenReservation } from '../reservations/reservations.ts';
import { storageKey } from '../../storage/object-key.ts';

/** Staged bytes, and what the client declared about them. */
export interface StagedFile {
  readonly reservation: OpenReservation;
  readonly staged: StagedBytes;
  readonly originalFilename: string;
  /** Verified against the bytes. */
  readonly declaredMimeType: string;
  /** Stops waiting for the verdict. Has no effect after the bytes are published. */
  readonly signal?: AbortSignal;
}

export type IntakeOutcome =
  | { readonly mediaFile: MediaFileRecord; readonly reused: boolean }
  | { readonly refused: Refusal };

/**
 * All uploads are verified, published and committed here. The object is written before the row, so
 * a crash can only leave an unreferenced object.
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
  /** `validate` can reject the verified file before it is published. */
  async function verifyAndPublish(
    { reservation, staged, originalFilename, declaredMimeType, signal }: StagedFile,
    validate: (file: NewFile) => Refusal | null = () => null,
  ): Promise<NewFile | { refused: Refusal | Refused['refused'] }> {
    const verifying = verifier.verify({
      path: staged.path,
      byteSize: staged.byteSize,
      originalFilename,
      declaredMimeType,
    });
    const verdict = await (signal ? unlessAborted(verifying, signal) : verifying);
    if ('refused' in verdict) return verdict;

    const { extension } = verdict.verified;
    const kept = verdict.isSanitized ? await staging.readSanitized(staged.path) : staged;
    const { path, sha256: checksum, byteSize } = kept;
    const file: NewFile = {
      filename: `${reservation.replaces?.mediaId ?? reservation.id}.${extension}`,
      originalFilename,
      storageKey: storageKey(reservation, { sha256: checksum, extension }),
      byteSize,
      checksum,
      bytes: verdict.verified,
    };
    const refused = validate(file);
    if (refused) return { refused };
    await storage.publish(file.storageKey, path);
    if (verdict.isSanitized) await staging.removeUnsanitized(staged.path);
    return file;
  }

  /** The earlier result of an idempotency key, if any. */
  async function resultForKey(options: CommitOptions): Promise<IntakeOutcome | null> {
    if (!options.retry) return null;
    const precedent = await uploads.precedent({ ...options, onDuplicate: 'ALLOW' }, null);
    return precedent && toUploadResult(precedent);
  }

  return {
    resultForKey,

    /**
     * Creates a file, or returns an existing one that the options allow.
     * @throws the signal's reason
     */
    async add(stagedFile: StagedFile, options: CommitOptions): Promise<IntakeOutcome> {
      const file = await verifyAndPublish(stagedFile);
      // The result of a key takes precedence over problems with the bytes.
      if ('refused' in file) return (await resultForKey(options)) ?? rejectUpload(file.refused);
      const { reservation } = stagedFile;
      const committed = await uploads.commit(reservation, file, { ...options, auditId: newId() });
      if (committed.outcome === 'written') reservation.settle();
      return toUploadResult(committed);
    },

    /**
     * Replaces the content of `current` with bytes of the same media type. The old content is kept
     * as a version.
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
      const replaced = await replacements.commit(
        reservation,
        { ...file, originalFilename },
        { actor, version, auditId: newId() },
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
  stale: refusal('CONFLICT', 'The file has changed. Read it again.', ['version']),
  'given up': UPLOAD_EXPIRED,
  'over quota': QUOTA_EXCEEDED,
} as const;

const rejectUpload = ({ code, message }: Pick<Refusal, 'code' | 'message'>) => ({
  refused: refusal(code, message),
});
