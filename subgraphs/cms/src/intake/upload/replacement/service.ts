import type { Caller } from '@federated-media/subgraph-kit/identity';
import { isId } from '@federated-media/subgraph-kit/ids';
import type { MediaUserError, ReplaceMediaContentInput } from '../../../generated/graphql.ts';
import type { MediaFileRecord } from '../../../model/media-file.ts';
import { readFilename } from '../../../files/media-file/text.ts';
import type { Staging } from '../../../storage/staging.ts';
import { type Refusal, refusal, toUploadOutcome } from '../../commit/upload-outcome.ts';
import type { Intake } from '../../commit/intake.ts';
import { awaitFile, drainFile, receive } from '../multipart/multipart-file.ts';
import type { Reservations } from '../../reservations/reservations.ts';
import { createChecks } from '../../../platform/input-checks.ts';

const ERROR_LOCATION = { path: ['input'], source: 'file' };
const UNKNOWN = refusal('NOT_FOUND', 'The file does not exist.', ['id']);

interface Dependencies {
  find(storeId: string, ids: readonly string[]): Promise<MediaFileRecord[]>;
  reservations: Reservations;
  staging: Staging;
  intake: Intake;
  maxBytes: number;
}

/** New bytes for a file that is there. */
export function createReplacementService({
  find,
  reservations,
  staging,
  intake,
  maxBytes,
}: Dependencies) {
  /** What can be told before a byte is taken is told then: it saves the client the upload. */
  async function findReplaceable(
    storeId: string,
    { id, version }: ReplaceMediaContentInput,
  ): Promise<MediaFileRecord | { refused: Refusal }> {
    const [current] = isId(id) ? await find(storeId, [id]) : [];
    if (!current) return { refused: UNKNOWN };
    if (current.trashedAt) {
      return { refused: refusal('INVALID', 'The file is in the trash. Restore it first.', ['id']) };
    }
    if ((version ?? current.version) === current.version) return current;
    const message = `The file has changed and is now at version ${current.version}. Read it again.`;
    return { refused: refusal('CONFLICT', message, ['version']) };
  }

  async function replace({ storeId, subject: actor }: Caller, input: ReplaceMediaContentInput) {
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
    if (!reservation) return { refused: UNKNOWN };
    const { id } = reservation;
    // The very bytes it has take no room, and what they are is known only once they are here.
    const remainingBytes =
      reservation.remainingBytes === null
        ? null
        : Math.max(reservation.remainingBytes, current.fileSize);
    const staged = await receive(staging, incoming, { id, maxBytes, remainingBytes });
    if ('refused' in staged) return staged;
    const declaredMimeType = incoming.mimetype;
    return await intake.replace(
      { reservation, staged, originalFilename, declaredMimeType },
      { current, version: input.version ?? null, actor },
    );
  }

  return {
    async replace(
      caller: Caller,
      input: ReplaceMediaContentInput,
    ): Promise<{ mediaFile: MediaFileRecord | null; userErrors: MediaUserError[] }> {
      const result = await replace(caller, input);
      void drainFile(input.file);
      const { mediaFile, userErrors } = toUploadOutcome(result, ERROR_LOCATION);
      return { mediaFile, userErrors };
    },
  };
}
export type ReplacementService = ReturnType<typeof createReplacementService>;
