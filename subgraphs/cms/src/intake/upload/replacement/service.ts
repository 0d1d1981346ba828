import type { RequestScope } from '@federated-media/subgraph-kit/graphql-endpoint';
import { isId } from '@federated-media/subgraph-kit/ids';
import type { MediaUserError, ReplaceMediaContentInput } from '../../../generated/graphql.ts';
import type { MediaFileRecord } from '../../../model/media-file.ts';
import { readFilename } from '../../../files/media-file/text.ts';
import type { Staging } from '../../../storage/staging.ts';
import {
  TRASHED_FILE,
  UNKNOWN_FILE,
  UNVERIFIED_FILE,
  type Refusal,
  refusal,
  toUploadOutcome,
} from '../../commit/upload-outcome.ts';
import type { Intake } from '../../commit/intake.ts';
import { awaitFile, drainFile, receive } from '../multipart/multipart-file.ts';
import type { Reservations } from '../../reservations/reservations.ts';
import { createChecks } from '../../../platform/input-checks.ts';

const ERROR_LOCATION = { path: ['input'], source: 'file' };

interface Dependencies {
  find(storeId: string, ids: readonly string[]): Promise<MediaFileRecord[]>;
  reservations: Reservations;
  staging: Staging;
  intake: Intake;
  maxBytes: number;
}

/** Replaces the content of an existing file. */
export function createReplacementService({
  find,
  reservations,
  staging,
  intake,
  maxBytes,
}: Dependencies) {
  /** Rejects what it can before the first byte, which saves the client the upload. */
  async function findReplaceable(
    storeId: string,
    { id, version }: ReplaceMediaContentInput,
  ): Promise<MediaFileRecord | { refused: Refusal }> {
    const [current] = isId(id) ? await find(storeId, [id]) : [];
    if (!current) return { refused: UNKNOWN_FILE };
    if (current.trashedAt) return { refused: TRASHED_FILE };
    if (current.status === 'PROCESSING') return { refused: UNVERIFIED_FILE };
    if ((version ?? current.version) === current.version) return current;
    const message = `The file has changed and is now at version ${current.version}. Read it again.`;
    return { refused: refusal('CONFLICT', message, ['version']) };
  }

  async function replace({ caller, signal }: RequestScope, input: ReplaceMediaContentInput) {
    const { storeId, subject: actor } = caller;
    const current = await findReplaceable(storeId, input);
    if ('refused' in current) return current;
    const incoming = await awaitFile(input.file);
    if ('refused' in incoming) return incoming;
    const { check, problems } = createChecks([]);
    const originalFilename = check(['file'], () => readFilename(incoming.filename));
    if (originalFilename === undefined) {
      return { refused: refusal('INVALID', problems.map(({ message }) => message).join(' ')) };
    }

    await using reservation = await reservations.openFor(storeId, current.id);
    if (!reservation) return { refused: UNKNOWN_FILE };
    const { id } = reservation;
    // The current bytes of the file need no more space, and whether they are the same is known only
    // after they have arrived.
    const remainingBytes =
      reservation.remainingBytes === null
        ? null
        : Math.max(reservation.remainingBytes, current.fileSize);
    const staged = await receive(staging, incoming, { id, maxBytes, remainingBytes });
    if ('refused' in staged) return staged;
    const declaredMimeType = incoming.mimetype;
    return await intake.replace(
      { reservation, staged, originalFilename, declaredMimeType, signal },
      { current, version: input.version ?? null, actor },
    );
  }

  return {
    /** @throws the signal's reason */
    async replace(
      scope: RequestScope,
      input: ReplaceMediaContentInput,
    ): Promise<{ mediaFile: MediaFileRecord | null; userErrors: MediaUserError[] }> {
      const result = await replace(scope, input);
      void drainFile(input.file);
      const { mediaFile, userErrors } = toUploadOutcome(result, ERROR_LOCATION);
      return { mediaFile, userErrors };
    },
  };
}
export type ReplacementService = ReturnType<typeof createReplacementService>;
