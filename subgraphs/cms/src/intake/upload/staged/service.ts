import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestScope } from '@federated-media/subgraph-kit/graphql-endpoint';
import type { Caller } from '@federated-media/subgraph-kit/identity';
import { readId } from '@federated-media/subgraph-kit/ids';
import { userError } from '@federated-media/subgraph-kit/user-error';
import type {
  CompleteStagedUploadInput,
  StagedUpload,
  StagedUploadInput,
} from '../../../generated/graphql.ts';
import type { Staging } from '../../../storage/staging.ts';
import {
  QUOTA_EXCEEDED,
  type UploadOutcome,
  refusal,
  failedUpload,
  toUploadOutcome,
} from '../../commit/upload-outcome.ts';
import type { Acceptance } from '../../../files/file-types/acceptance.ts';
import { type Completion, type Completions, UNKNOWN_UPLOAD } from './completion.ts';
import { readStagedInput } from './input.ts';
import { type AwaitedFile, MAX_OPEN, type StagedUploadRepository } from './repository.ts';
import type { StagedUrlSigner } from './staged-url.ts';
import { checkItemCount } from '@federated-media/subgraph-kit/item-count';
import { MAX_FILES } from '../limits.ts';
import { readUploadInput } from '../upload-input.ts';

const ERROR_LOCATION = { path: ['input'], source: 'id' };
/** How often to check whether a concurrent completion of the same upload has ended. */
const RETRY_EVERY_MS = 150;
const MAX_ATTEMPTS = 50;

interface Dependencies {
  stagedUploads: StagedUploadRepository;
  completions: Pick<Completions, 'attempt'>;
  staging: Pick<Staging, 'direct'>;
  signer: StagedUrlSigner;
  uploadUrl: () => string;
  maxBytes: number;
  acceptance: Acceptance;
}

/**
 * Uploads whose bytes bypass the graph: the client sends them to a URL and then completes the
 * upload.
 */
export function createStagedUploadService({
  stagedUploads,
  completions,
  staging,
  signer,
  uploadUrl,
  maxBytes,
  acceptance,
}: Dependencies) {
  /** Waits for a concurrent completion to end and returns its result. */
  async function complete(completion: Completion) {
    for (let looks = 0; looks < MAX_ATTEMPTS && !completion.signal.aborted; looks += 1) {
      const result = await completions.attempt(completion);
      if (result) return result;
      await sleep(RETRY_EVERY_MS);
    }
    return { refused: STILL_RUNNING };
  }

  /** Where to send the bytes. Without those for which the store has no room any more. */
  async function open(files: readonly AwaitedFile[]): Promise<ReadonlyMap<string, StagedUpload>> {
    const { direct } = staging;
    const isDirect = ({ protocol }: AwaitedFile) => direct !== null && protocol === 'PUT';
    const ids = files.filter(isDirect).map(({ id }) => id);
    const expected = ids.length > 0 ? await stagedUploads.expectDirect(ids) : new Set();
    const uploads = files.map(async (file): Promise<StagedUpload | null> => {
      const { id, protocol, fileSize: byteSize, mimeType, expiresAt } = file;
      if (direct === null || !isDirect(file)) {
        const expiresAtSeconds = expiresAt.getTime() / 1000;
        const path = signer.sign({ protocol, id, expiresAt: expiresAtSeconds, length: byteSize });
        const headers = protocol === 'PUT' ? [{ name: 'content-type', value: mimeType }] : [];
        return { id, protocol, url: `${uploadUrl()}${path}`, headers, expiresAt };
      }
      if (!expected.has(id)) return null;
      const { url, headers } = await direct.open(id, { byteSize, mimeType, expiresAt });
      return { id, protocol, url, headers: [...headers], expiresAt };
    });
    const opened = (await Promise.all(uploads)).filter((upload) => upload !== null);
    return new Map(opened.map((upload) => [upload.id, upload]));
  }

  return {
    /** @throws BAD_USER_INPUT for more than 20 */
    async create(caller: Caller, inputs: readonly StagedUploadInput[]) {
      checkItemCount(inputs, { items: 'uploads', max: MAX_FILES, field: ['input'] });
      const read = inputs.map((input, index) =>
        readStagedInput(input, { path: ['input', `${index}`], maxBytes, acceptance }),
      );
      const files = read.flatMap((file) => ('problems' in file ? [] : [file]));
      const created = files.length > 0 ? await stagedUploads.create(caller.storeId, files) : NONE;
      const opened = await open(files.filter(({ id }) => created.ids.includes(id)));

      return read.map((file, index) => {
        if ('problems' in file) return { stagedUpload: null, userErrors: file.problems };
        const stagedUpload = opened.get(file.id);
        if (stagedUpload) return { stagedUpload, userErrors: [] };
        const isOverQuota = created.ids.includes(file.id);
        const error = notCreated(file, { path: ['input', `${index}`], isOverQuota, ...created });
        return { stagedUpload: null, userErrors: [error] };
      });
    },

    /** @throws the signal's reason */
    async complete(
      { caller, signal }: RequestScope,
      input: CompleteStagedUploadInput,
    ): Promise<UploadOutcome> {
      const { details, key, problems } = readUploadInput(input, ['input']);
      if (problems.length > 0) return failedUpload(...problems);
      const id = readId(input.id);
      if (id === null) return toUploadOutcome({ refused: UNKNOWN_UPLOAD }, ERROR_LOCATION);
      const { onDuplicate = 'ALLOW' } = input;
      return toUploadOutcome(
        await complete({ caller, id, details, key, onDuplicate, signal }),
        ERROR_LOCATION,
      );
    },
  };
}
export type StagedUploadService = ReturnType<typeof createStagedUploadService>;

const NONE: Awaited<ReturnType<StagedUploadRepository['create']>> = {
  ids: [],
  remainingBytes: null,
};

function notCreated(
  { fileSize }: AwaitedFile,
  {
    path,
    isOverQuota,
    remainingBytes,
  }: { path: readonly string[]; isOverQuota: boolean; remainingBytes: number | null },
) {
  const isTooLarge = remainingBytes !== null && fileSize > remainingBytes;
  if (!isOverQuota && !isTooLarge) return userError('QUOTA_EXCEEDED', TOO_MANY_OPEN, path);
  return userError(QUOTA_EXCEEDED.code, QUOTA_EXCEEDED.message, [...path, 'fileSize']);
}

const TOO_MANY_OPEN = `The store has ${MAX_OPEN} open uploads, the maximum. Complete some, or wait an hour.`;
const STILL_RUNNING = refusal(
  'UPLOAD_INCOMPLETE',
  'Another request is completing this upload. Try again in a moment.',
);
