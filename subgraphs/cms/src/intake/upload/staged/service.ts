import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller } from '@federated-media/subgraph-kit/identity';
import { readId } from '@federated-media/subgraph-kit/ids';
import { userError } from '@federated-media/subgraph-kit/user-error';
import type { CompleteStagedUploadInput, StagedUploadInput } from '../../../generated/graphql.ts';
import {
  QUOTA_EXCEEDED,
  type UploadOutcome,
  refusal,
  failedUpload,
  toUploadOutcome,
} from '../../commit/upload-outcome.ts';
import { type Completion, type Completions, UNKNOWN_UPLOAD } from './completion.ts';
import { readStagedInput } from './input.ts';
import { type AwaitedFile, MAX_OPEN, type StagedUploadRepository } from './repository.ts';
import type { StagedUrlSigner } from './staged-url.ts';
import { checkItemCount } from '@federated-media/subgraph-kit/item-count';
import { MAX_FILES } from '../limits.ts';
import { readUploadInput } from '../upload-input.ts';

const VALID_MS = 60 * 60 * 1000;
const ERROR_LOCATION = { path: ['input'], source: 'id' };
/** How often to check whether a concurrent completion of the same upload has ended. */
const RETRY_EVERY_MS = 150;
const MAX_ATTEMPTS = 50;

interface Dependencies {
  stagedUploads: StagedUploadRepository;
  completions: Completions;
  signer: StagedUrlSigner;
  publicUrl: () => string;
  maxBytes: number;
}

/**
 * Uploads whose bytes bypass the graph: the client sends them to a URL and then completes the
 * upload.
 */
export function createStagedUploadService({
  stagedUploads,
  completions,
  signer,
  publicUrl,
  maxBytes,
}: Dependencies) {
  /** Waits for a concurrent completion to end and returns its result. */
  async function complete(completion: Completion, signal: AbortSignal) {
    for (let looks = 0; looks < MAX_ATTEMPTS && !signal.aborted; looks += 1) {
      const result = await completions.attempt(completion);
      if (result) return result;
      await sleep(RETRY_EVERY_MS);
    }
    return { refused: STILL_RUNNING };
  }

  return {
    /** @throws BAD_USER_INPUT for more than 20 */
    async create(caller: Caller, inputs: readonly StagedUploadInput[]) {
      checkItemCount(inputs, { items: 'uploads', max: MAX_FILES, field: ['input'] });
      const read = inputs.map((input, index) =>
        readStagedInput(input, { path: ['input', `${index}`], maxBytes }),
      );
      const expiresAt = Math.ceil((Date.now() + VALID_MS) / 1000);
      const files = read.flatMap((file) => ('problems' in file ? [] : [file]));
      const expires = new Date(expiresAt * 1000);
      const created =
        files.length > 0 ? await stagedUploads.create(caller.storeId, files, expires) : NONE;

      return read.map((file, index) => {
        if ('problems' in file) return { stagedUpload: null, userErrors: file.problems };
        if (!created.ids.includes(file.id)) {
          const error = notCreated(file, { path: ['input', `${index}`], ...created });
          return { stagedUpload: null, userErrors: [error] };
        }
        const { id, fileSize: length, mimeType } = file;
        const stagedUpload = {
          id,
          protocol: 'PUT' as const,
          url: `${publicUrl()}${signer.sign({ id, expiresAt, length })}`,
          headers: [{ name: 'content-type', value: mimeType }],
          expiresAt: expires,
        };
        return { stagedUpload, userErrors: [] };
      });
    },

    async complete(
      caller: Caller,
      input: CompleteStagedUploadInput,
      signal: AbortSignal,
    ): Promise<UploadOutcome> {
      const { details, key, problems } = readUploadInput(input, ['input']);
      if (problems.length > 0) return failedUpload(...problems);
      const id = readId(input.id);
      if (id === null) return toUploadOutcome({ refused: UNKNOWN_UPLOAD }, ERROR_LOCATION);
      const { onDuplicate = 'ALLOW' } = input;
      return toUploadOutcome(
        await complete({ caller, id, details, key, onDuplicate }, signal),
        ERROR_LOCATION,
      );
    },
  };
}
export type StagedUploadService = ReturnType<typeof createStagedUploadService>;

const NONE = { ids: [], remainingBytes: null };

function notCreated(
  { fileSize }: AwaitedFile,
  { path, remainingBytes }: { path: readonly string[]; remainingBytes: number | null },
) {
  const isOverQuota = remainingBytes !== null && fileSize > remainingBytes;
  if (!isOverQuota) return userError('QUOTA_EXCEEDED', TOO_MANY_OPEN, path);
  return userError(QUOTA_EXCEEDED.code, QUOTA_EXCEEDED.message, [...path, 'fileSize']);
}

const TOO_MANY_OPEN = `The store has ${MAX_OPEN} open uploads, the maximum. Complete some, or wait an hour.`;
const STILL_RUNNING = refusal(
  'UPLOAD_INCOMPLETE',
  'Another request is completing this upload. Try again in a moment.',
);
