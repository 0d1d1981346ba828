import { ServiceUnavailableError } from '@federated-media/subgraph-kit/errors';
import type { RequestScope } from '@federated-media/subgraph-kit/graphql-endpoint';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { UploadMediaInput } from '../../../generated/graphql.ts';
import { readFilename } from '../../../files/media-file/text.ts';
import type { Staging } from '../../../storage/staging.ts';
import { StorageFullError } from '../../../storage/storage-full.ts';
import { userError } from '../../../platform/user-error.ts';
import { type UploadOutcome, failedUpload, toUploadOutcome } from '../../commit/upload-outcome.ts';
import { retryOf } from '../../commit/idempotency.ts';
import type { Intake } from '../../commit/intake.ts';
import { awaitFile, drainFile, receive } from './multipart-file.ts';
import type { Reservations } from '../../reservations/reservations.ts';
import { checkItemCount } from '@federated-media/subgraph-kit/item-count';
import { MAX_FILES } from '../limits.ts';
import { readUploadInput } from '../upload-input.ts';

interface Dependencies {
  reservations: Reservations;
  staging: Staging;
  intake: Intake;
  maxBytes: number;
  logger: Logger;
}

/** Uploads through the graph: stages the files of a multipart request and adds them. */
export function createUploadService({
  reservations,
  staging,
  intake,
  maxBytes,
  logger,
}: Dependencies) {
  /** `path` is the position of `input` in the mutation's arguments. */
  async function accept(
    { caller, signal }: RequestScope,
    input: UploadMediaInput,
    { mutation, path }: { mutation: string; path: readonly string[] },
  ): Promise<UploadOutcome> {
    const { details, key, check, problems } = readUploadInput(input, path);
    if (problems.length > 0) {
      void drainFile(input.file);
      return failedUpload(...problems);
    }

    const location = { path, source: 'file' };
    const incoming = await awaitFile(input.file);
    if ('refused' in incoming) return toUploadOutcome(incoming, location);
    const originalFilename = check(['file'], () => readFilename(incoming.filename));
    if (originalFilename === undefined) {
      void drainFile(input.file);
      return failedUpload(...problems);
    }

    const { storeId, subject: actor } = caller;
    const { onDuplicate = 'ALLOW' } = input;
    await using reservation = await reservations.open(storeId);
    // An upload that may return an existing file needs no space.
    const remainingBytes =
      key === null && onDuplicate !== 'REUSE' ? reservation.remainingBytes : null;
    const staged = await receive(staging, incoming, {
      id: reservation.id,
      maxBytes,
      remainingBytes,
    });
    if ('refused' in staged) return toUploadOutcome(staged, location);

    const declaredMimeType = incoming.mimetype;
    const fingerprintInput = { originalFilename, details, onDuplicate, sha256: staged.sha256 };
    const options = {
      storeId,
      actor,
      mutation,
      retry: retryOf(key, fingerprintInput),
      onDuplicate,
      details,
    };
    const stagedFile = { reservation, staged, originalFilename, declaredMimeType, signal };
    return toUploadOutcome(await intake.add(stagedFile, options), location);
  }

  return {
    /** @throws the signal's reason */
    accept: (scope: RequestScope, input: UploadMediaInput) =>
      accept(scope, input, { mutation: 'uploadMedia', path: ['input'] }),

    /**
     * Runs concurrently: files arrive in the order in which they were sent, and an unread file
     * blocks the next ones. Files that are not stored within the time limit are reported as such, so
     * that the response names the others.
     * @throws BAD_USER_INPUT for more than 20
     */
    async acceptAll(
      scope: RequestScope,
      inputs: readonly UploadMediaInput[],
    ): Promise<UploadOutcome[]> {
      checkItemCount(inputs, { items: 'files', max: MAX_FILES, field: ['input'] });
      return Promise.all(
        inputs.map(async (input, index) => {
          const path = ['input', `${index}`];
          try {
            return await accept(scope, input, { mutation: 'uploadMediaFiles', path });
          } catch (error) {
            void drainFile(input.file);
            const location = [...path, 'file'];
            if (error === scope.signal.reason)
              return failedUpload(userError('UPLOAD_INCOMPLETE', TOO_LONG, location));
            // The other files were or will be stored: an error for the whole field would hide them.
            logger.error({ err: error }, 'one of several uploads failed');
            const isTemporary =
              error instanceof StorageFullError || error instanceof ServiceUnavailableError;
            const message = isTemporary ? error.message : INTERNAL_ERROR;
            return failedUpload(userError('UPLOAD_INCOMPLETE', message, location));
          }
        }),
      );
    },
  };
}
export type UploadService = ReturnType<typeof createUploadService>;

const TOO_LONG = 'The request took too long and the file was not stored. Upload it again.';
const INTERNAL_ERROR = 'An internal error occurred and the file was not stored. Upload it again.';
