import type { Caller } from '@federated-media/subgraph-kit/identity';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { UploadMediaInput } from '../../../generated/graphql.ts';
import { readDetails } from '../../../files/media-file/details.ts';
import { readFilename } from '../../../files/media-file/text.ts';
import type { Staging } from '../../../storage/staging.ts';
import { userError } from '../../../platform/user-error.ts';
import { type UploadOutcome, failedUpload, toUploadOutcome } from '../../commit/upload-outcome.ts';
import { readKey, retryOf } from '../../commit/idempotency.ts';
import type { Intake } from '../../commit/intake.ts';
import { awaitFile, drainFile, receive } from './multipart-file.ts';
import type { Reservations } from '../../reservations/reservations.ts';
import { createChecks } from '../../../platform/input-checks.ts';
import { checkItemCount } from '../../../platform/item-count.ts';

export const MAX_FILES = 20;

interface Dependencies {
  reservations: Reservations;
  staging: Staging;
  intake: Intake;
  maxBytes: number;
  logger: Logger;
}

/** Uploads through the graph: what a multipart request brings is staged here, then taken in. */
export function createUploadService({
  reservations,
  staging,
  intake,
  maxBytes,
  logger,
}: Dependencies) {
  /** `path` is where `input` stands in the mutation's arguments. */
  async function accept(
    caller: Caller,
    input: UploadMediaInput,
    { mutation, path }: { mutation: string; path: readonly string[] },
  ): Promise<UploadOutcome> {
    const { check, problems } = createChecks(path);
    const details = readDetails(input.details ?? {}, (field, read) =>
      check(['details', ...field], read),
    );
    const key = check(['idempotencyKey'], () => readKey(input.idempotencyKey)) ?? null;
    if (problems.length > 0) {
      void drainFile(input.file);
      return failedUpload(...problems);
    }

    const place = { path, source: 'file' };
    const incoming = await awaitFile(input.file);
    if ('refused' in incoming) return toUploadOutcome(incoming, place);
    const originalFilename = check(['file'], () => readFilename(incoming.filename));
    if (originalFilename === undefined) {
      void drainFile(input.file);
      return failedUpload(...problems);
    }

    const { storeId, subject: actor } = caller;
    const { onDuplicate = 'ALLOW' } = input;
    await using reservation = await reservations.open(storeId);
    // What may be answered with a file that is there needs no room.
    const remainingBytes =
      key === null && onDuplicate !== 'REUSE' ? reservation.remainingBytes : null;
    const staged = await receive(staging, incoming, {
      id: reservation.id,
      maxBytes,
      remainingBytes,
    });
    if ('refused' in staged) return toUploadOutcome(staged, place);

    const declaredMimeType = incoming.mimetype;
    const fingerprinted = { originalFilename, details, onDuplicate, sha256: staged.sha256 };
    const options = {
      storeId,
      actor,
      mutation,
      retry: retryOf(key, fingerprinted),
      onDuplicate,
      details,
    };
    const stagedFile = { reservation, staged, originalFilename, declaredMimeType };
    return toUploadOutcome(await intake.take(stagedFile, options), place);
  }

  return {
    accept: (caller: Caller, input: UploadMediaInput) =>
      accept(caller, input, { mutation: 'uploadMedia', path: ['input'] }),

    /**
     * All at once: files arrive in the order they were sent, and one that is not read holds up the rest.
     * @throws BAD_USER_INPUT for more than 20
     */
    async acceptAll(caller: Caller, inputs: readonly UploadMediaInput[]): Promise<UploadOutcome[]> {
      checkItemCount(inputs, { items: 'files', max: MAX_FILES, field: ['input'] });
      return Promise.all(
        inputs.map(async (input, index) => {
          const path = ['input', `${index}`];
          try {
            return await accept(caller, input, { mutation: 'uploadMediaFiles', path });
          } catch (error) {
            // The others are there or will be: an error for the whole field would hide them.
            logger.error({ err: error }, 'one of several uploads failed');
            void drainFile(input.file);
            return failedUpload(userError('UPLOAD_INCOMPLETE', FAILED_HERE, [...path, 'file']));
          }
        }),
      );
    },
  };
}
export type UploadService = ReturnType<typeof createUploadService>;

const FAILED_HERE = 'An internal error occurred and the file was not stored. Upload it again.';
