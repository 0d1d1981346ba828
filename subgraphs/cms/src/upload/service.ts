import type { IncomingFile } from '@federated-media/multipart/upload';
import { MultipartError } from '@federated-media/multipart/errors';
import { badUserInput } from '@federated-media/subgraph-kit/errors';
import type { Caller } from '@federated-media/subgraph-kit/identity';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { MediaUserError, UploadMediaInput } from '../generated/graphql.ts';
import { createChecks, readDetails } from '../media-file/details.ts';
import type { MediaFileRecord } from '../media-file/media-file.ts';
import { readFilename } from '../media-file/text.ts';
import { FileTooLargeError, type StagedBytes, type Staging } from '../storage/staging.ts';
import { userError } from '../user-error.ts';
import type { Arrived, Intake } from './intake.ts';
import type { Reservations } from './reservations.ts';

export const MAX_FILES = 20;

export interface UploadOutcome {
  readonly mediaFile: MediaFileRecord | null;
  readonly reused: boolean;
  readonly userErrors: MediaUserError[];
}

interface Dependencies {
  reservations: Reservations;
  staging: Staging;
  intake: Intake;
  maxBytes: number;
  logger: Logger;
}

/** Uploads through the graph: what a multipart request brings is staged here, then taken in. */
export function createUploadService(dependencies: Dependencies) {
  const { logger } = dependencies;

  /** `path` is where `input` stands in the mutation's arguments. */
  async function accept(
    caller: Caller,
    input: UploadMediaInput,
    path: readonly string[],
  ): Promise<UploadOutcome> {
    const { check, problems } = createChecks(path);
    const details = readDetails(input.details ?? {}, (field, read) =>
      check(['details', ...field], read),
    );
    if (problems.length > 0) {
      void drop(input.file);
      return refuse(...problems);
    }

    const arrival = await arrivalOf(input.file);
    if (arrival instanceof MultipartError) return refuse(incomplete(arrival, path));
    const originalFilename = check(['file'], () => readFilename(arrival.filename));
    if (originalFilename === undefined) {
      void drop(input.file);
      return refuse(...problems);
    }

    const { onDuplicate = 'ALLOW' } = input;
    return takeIn(dependencies, { caller, arrival, originalFilename, details, onDuplicate, path });
  }

  return {
    accept: (caller: Caller, input: UploadMediaInput) => accept(caller, input, ['input']),

    /**
     * All at once: files arrive in the order they were sent, and one that is not read holds up the rest.
     * @throws BAD_USER_INPUT for more than 20
     */
    async acceptAll(caller: Caller, inputs: readonly UploadMediaInput[]): Promise<UploadOutcome[]> {
      if (inputs.length > MAX_FILES) {
        throw badUserInput(`At most ${MAX_FILES} files at once.`, ['input']);
      }
      return Promise.all(
        inputs.map(async (input, index) => {
          const path = ['input', `${index}`];
          try {
            return await accept(caller, input, path);
          } catch (error) {
            // The others are there or will be: an error for the whole field would hide them.
            logger.error({ err: error }, 'one of several uploads failed');
            void drop(input.file);
            return refuse(userError('UPLOAD_INCOMPLETE', FAILED_HERE, [...path, 'file']));
          }
        }),
      );
    },
  };
}
export type UploadService = ReturnType<typeof createUploadService>;

const FAILED_HERE = 'Something went wrong on our side and the file was not kept: upload it again.';

async function takeIn(
  { reservations, staging, intake, maxBytes }: Dependencies,
  {
    caller,
    arrival,
    path,
    ...file
  }: Pick<Arrived, 'originalFilename' | 'details' | 'onDuplicate'> & {
    caller: Caller;
    arrival: IncomingFile;
    path: readonly string[];
  },
): Promise<UploadOutcome> {
  await using reservation = await reservations.open(caller.storeId);
  let staged: StagedBytes;
  try {
    staged = await staging.receive(reservation.id, arrival.createReadStream(), { maxBytes });
  } catch (error) {
    if (error instanceof MultipartError) return refuse(incomplete(error, path));
    if (!(error instanceof FileTooLargeError)) throw error;
    const message = `A file has at most ${maxBytes} bytes.`;
    return refuse(userError('FILE_TOO_LARGE', message, [...path, 'file']));
  }

  const declaredMimeType = arrival.mimetype;
  const outcome = await intake.take({ ...file, reservation, staged, declaredMimeType });
  if ('refused' in outcome) {
    const { code, message } = outcome.refused;
    return refuse(userError(code, message, [...path, 'file']));
  }
  if (!outcome.reused) reservation.settle();
  return { ...outcome, userErrors: [] };
}

async function arrivalOf(file: Promise<IncomingFile>): Promise<IncomingFile | MultipartError> {
  try {
    return await file;
  } catch (error) {
    if (error instanceof MultipartError) return error;
    throw error;
  }
}

/** Lets what follows it in the request arrive. Not to be waited for: it may come late, or never. */
async function drop(file: Promise<IncomingFile>) {
  try {
    (await file).createReadStream().destroy();
  } catch {
    // It never came, or is being read already: either way it holds nothing up.
  }
}

const incomplete = ({ message }: MultipartError, path: readonly string[]) =>
  userError('UPLOAD_INCOMPLETE', `The file did not arrive whole: ${message}`, [...path, 'file']);

const refuse = (...userErrors: MediaUserError[]): UploadOutcome => ({
  mediaFile: null,
  reused: false,
  userErrors,
});
