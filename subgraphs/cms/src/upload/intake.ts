import type { DuplicatePolicy } from '../generated/graphql.ts';
import type { DetailsChange } from '../media-file/details.ts';
import type { MediaFileRecord } from '../media-file/media-file.ts';
import type { StagedBytes } from '../storage/staging.ts';
import type { Storage } from '../storage/storage.ts';
import type { RefusalCode } from '../verification/verdict.ts';
import type { Verifier } from '../verification/verifier.ts';
import type { NewFile, UnlessThere, UploadRepository } from './repository.ts';
import type { Reservation } from './reservation-repository.ts';
import { storageKey } from './storage-key.ts';

export interface Arrived {
  readonly reservation: Reservation;
  readonly staged: StagedBytes;
  readonly originalFilename: string;
  /** The client's word, to be checked against the bytes. */
  readonly declaredMimeType: string;
  readonly details: DetailsChange;
  readonly onDuplicate: DuplicatePolicy;
}

export type IntakeOutcome =
  | { readonly mediaFile: MediaFileRecord; readonly reused: boolean }
  | { readonly refused: { code: RefusalCode | 'DUPLICATE' | 'UPLOAD_EXPIRED'; message: string } };

/**
 * The one way in: whatever road the bytes came by, they are verified, published and committed here.
 * The object comes before the row, so all that can ever be left over is an object nobody refers to.
 */
export function createIntake({
  uploads,
  verifier,
  storage,
}: {
  uploads: UploadRepository;
  verifier: Verifier;
  storage: Storage;
}) {
  return {
    async take(arrived: Arrived): Promise<IntakeOutcome> {
      const { reservation, staged, originalFilename, declaredMimeType, details } = arrived;
      const verdict = await verifier.verify({
        path: staged.path,
        byteSize: staged.byteSize,
        originalFilename,
        declaredMimeType,
      });
      if ('refused' in verdict) return verdict;

      const { extension } = verdict.verified;
      const { sha256 } = staged;
      const file: NewFile = {
        filename: `${reservation.id}.${extension}`,
        originalFilename,
        storageKey: storageKey(reservation, { number: 1, sha256, extension }),
        byteSize: staged.byteSize,
        checksum: sha256,
        bytes: verdict.verified,
        details,
      };
      await storage.publish(file.storageKey, staged.path);
      const committed = await uploads.commit(reservation, file, unlessThere(arrived));

      if (committed === 'given up') {
        return refuse('UPLOAD_EXPIRED', 'The upload took too long: start again.');
      }
      if ('written' in committed) return { mediaFile: committed.written, reused: false };
      if (arrived.onDuplicate === 'REUSE') return { mediaFile: committed.existing, reused: true };
      return refuse(
        'DUPLICATE',
        `The store has these bytes already: file ${committed.existing.id}.`,
      );
    },
  };
}
export type Intake = ReturnType<typeof createIntake>;

function unlessThere({ onDuplicate, details }: Arrived): UnlessThere | null {
  if (onDuplicate === 'ALLOW') return null;
  return { visibility: onDuplicate === 'REUSE' ? (details.visibility ?? 'PUBLIC') : null };
}

const refuse = (code: 'DUPLICATE' | 'UPLOAD_EXPIRED', message: string): IntakeOutcome => ({
  refused: { code, message },
});
