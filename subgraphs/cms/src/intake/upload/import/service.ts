import { Transform } from 'node:stream';
import type { RequestScope } from '@federated-media/subgraph-kit/graphql-endpoint';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { metrics } from '@federated-media/subgraph-kit/telemetry/metrics';
import type { ImportMediaInput } from '../../../generated/graphql.ts';
import { SourceForbidden } from '../../source/resolve-source.ts';
import {
  type SourceResponse,
  type SourceFetcher,
  SourceUnreachable,
} from '../../source/fetch-source.ts';
import { nameOf } from '../../source/name.ts';
import type { StagedBytes, Staging } from '../../../storage/staging.ts';
import {
  type Refusal,
  type UploadOutcome,
  refusal,
  failedUpload,
  toUploadOutcome,
} from '../../commit/upload-outcome.ts';
import { retryOf } from '../../commit/idempotency.ts';
import type { Intake, IntakeOutcome } from '../../commit/intake.ts';
import { type UploadLimit, refuseTooLarge, uploadLimit } from '../limits.ts';
import { readUploadInput } from '../upload-input.ts';
import type { CommitOptions } from '../../commit/repository.ts';
import type { OpenReservation, Reservations } from '../../reservations/reservations.ts';

const ERROR_LOCATION = { path: ['input'], source: 'url' };
const REPORT_EVERY_BYTES = 8 * 2 ** 20;
const TOO_LONG = 'Fetching and verifying the file took too long.';

interface Dependencies {
  reservations: Reservations;
  staging: Staging;
  intake: Intake;
  fetchSource: SourceFetcher;
  maxBytes: number;
  /** The time limit from the first request until the bytes are verified. */
  timeoutMs: number;
  logger: Logger;
}

/** Imports files from URLs. */
export function createImportService(dependencies: Dependencies) {
  const { reservations, intake, fetchSource, maxBytes, timeoutMs } = dependencies;

  async function importFile(
    url: URL,
    options: CommitOptions,
    scope: RequestScope,
  ): Promise<IntakeOutcome> {
    const signal = AbortSignal.any([scope.signal, AbortSignal.timeout(timeoutMs)]);
    await using source = await fetchSource(url, signal);
    await using reservation = await reservations.open(options.storeId);
    const checksQuota = options.retry === null && options.onDuplicate !== 'REUSE';
    const remainingBytes = checksQuota ? reservation.remainingBytes : null;
    const limit = uploadLimit(maxBytes, remainingBytes);
    if ((source.byteSize ?? 0) > limit.maxBytes) return { refused: limit.refusal };

    const staged = await stage(reservation, { source, limit, scope });
    if ('refused' in staged) return staged;
    metrics.upload({ road: 'import', files: 1, bytes: staged.byteSize });
    const { name: originalFilename, claimsType } = nameOf(source);
    const declaredMimeType = source.contentType;
    const claims = { originalFilename, nameClaimsType: claimsType, declaredMimeType };
    const stagedFile = { reservation, staged, ...claims, signal };
    try {
      return await intake.add(stagedFile, options);
    } catch (error) {
      if (error === signal.reason) throw new SourceUnreachable(TOO_LONG, { cause: error });
      throw error;
    }
  }

  async function stage(
    { id }: OpenReservation,
    { source, limit, scope }: { source: SourceResponse; limit: UploadLimit; scope: RequestScope },
  ): Promise<StagedBytes | { refused: Refusal }> {
    const { staging, logger } = dependencies;
    const counted = countBytes((bytes) => {
      logger.info({ requestId: scope.requestId, upload: id, bytes }, 'import in progress');
    });
    source.body.on('error', (error) => counted.destroy(error));
    try {
      return await refuseTooLarge(staging.receive(id, source.body.pipe(counted), limit), limit);
    } finally {
      source.body.destroy();
    }
  }

  async function importOrRefuse(
    url: URL,
    options: CommitOptions,
    scope: RequestScope,
  ): Promise<IntakeOutcome> {
    try {
      return await importFile(url, options, scope);
    } catch (error) {
      const code = codeOf(error);
      if (code === null || !(error instanceof Error)) throw error;
      dependencies.logger.info({ err: error, requestId: scope.requestId }, 'import failed');
      return { refused: refusal(code, error.message) };
    }
  }

  return {
    async accept(scope: RequestScope, input: ImportMediaInput): Promise<UploadOutcome> {
      const { details, key, problems } = readUploadInput(input, ['input']);
      if (problems.length > 0) return failedUpload(...problems);

      const { url, onDuplicate = 'ALLOW' } = input;
      const { storeId, subject: actor } = scope.caller;
      const retry = retryOf(key, { url: url.href, details, onDuplicate });
      const options = { storeId, actor, mutation: 'importMedia', retry, onDuplicate, details };
      // Checked before fetching, because the source may have changed since then.
      const earlier = await intake.resultForKey(options);
      const result = earlier ?? (await importOrRefuse(url, options, scope));
      return toUploadOutcome(result, ERROR_LOCATION);
    },
  };
}
export type ImportService = ReturnType<typeof createImportService>;

function codeOf(error: unknown) {
  if (error instanceof SourceForbidden) return 'SOURCE_FORBIDDEN';
  return error instanceof SourceUnreachable ? 'SOURCE_UNREACHABLE' : null;
}

/** Passes bytes on and reports every few megabytes how many there were. */
function countBytes(onProgress: (bytes: number) => void): Transform {
  let bytes = 0;
  let counted = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes - counted >= REPORT_EVERY_BYTES) {
        counted = bytes;
        onProgress(bytes);
      }
      done(null, chunk);
    },
  });
}
