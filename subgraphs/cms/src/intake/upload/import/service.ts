import { Transform } from 'node:stream';
import type { RequestScope } from '@federated-media/subgraph-kit/graphql-endpoint';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { metrics } from '@federated-media/subgraph-kit/telemetry/metrics';
import type { ImportMediaInput } from '../../../generated/graphql.ts';
import { readDetails } from '../../../files/media-file/details.ts';
import { SourceForbidden } from '../../source/resolve-source.ts';
import {
  type SourceResponse,
  type SourceFetcher,
  SourceUnreachable,
} from '../../source/fetch-source.ts';
import { nameOf } from '../../source/name.ts';
import { FileTooLargeError, type StagedBytes, type Staging } from '../../../storage/staging.ts';
import {
  QUOTA_EXCEEDED,
  type Refusal,
  type UploadOutcome,
  toUploadResult,
  refusal,
  failedUpload,
  toUploadOutcome,
} from '../../commit/upload-outcome.ts';
import { readKey, retryOf } from '../../commit/idempotency.ts';
import type { Intake, IntakeOutcome } from '../../commit/intake.ts';
import { tooLarge } from '../multipart/multipart-file.ts';
import type { CommitOptions, UploadRepository } from '../../commit/repository.ts';
import type { OpenReservation, Reservations } from '../../reservations/reservations.ts';
import { createChecks } from '../../../platform/input-checks.ts';

const ERROR_LOCATION = { path: ['input'], source: 'url' };
const REPORT_EVERY_BYTES = 8 * 2 ** 20;
const TOO_LONG = 'Fetching and verifying the file took too long.';

interface Dependencies {
  uploads: UploadRepository;
  reservations: Reservations;
  staging: Staging;
  intake: Intake;
  fetchSource: SourceFetcher;
  maxBytes: number;
  /** From when the source is first asked to when its bytes are verified. */
  timeoutMs: number;
  logger: Logger;
}

/** Files fetched from elsewhere. */
export function createImportService(dependencies: Dependencies) {
  const { uploads, reservations, intake, fetchSource, maxBytes, timeoutMs } = dependencies;

  async function take(
    url: URL,
    options: CommitOptions,
    scope: RequestScope,
  ): Promise<IntakeOutcome> {
    const signal = AbortSignal.any([scope.signal, AbortSignal.timeout(timeoutMs)]);
    await using source = await fetchSource(url, signal);
    await using reservation = await reservations.open(options.storeId);
    const checksQuota = options.retry === null && options.onDuplicate !== 'REUSE';
    const remainingBytes = checksQuota ? reservation.remainingBytes : null;
    const limit = Math.max(0, Math.min(maxBytes, remainingBytes ?? maxBytes));
    const excess = limit < maxBytes ? QUOTA_EXCEEDED : tooLarge(maxBytes);
    if ((source.byteSize ?? 0) > limit) return { refused: excess };

    const staged = await stage(reservation, { source, limit, excess, scope });
    if ('refused' in staged) return staged;
    metrics.upload({ road: 'import', files: 1, bytes: staged.byteSize });
    const originalFilename = nameOf(source);
    const declaredMimeType = source.contentType;
    const stagedFile = { reservation, staged, originalFilename, declaredMimeType, signal };
    try {
      return await intake.take(stagedFile, options);
    } catch (error) {
      if (error === signal.reason) throw new SourceUnreachable(TOO_LONG, { cause: error });
      throw error;
    }
  }

  async function stage(
    { id }: OpenReservation,
    {
      source,
      limit,
      excess,
      scope,
    }: { source: SourceResponse; limit: number; excess: Refusal; scope: RequestScope },
  ): Promise<StagedBytes | { refused: Refusal }> {
    const { staging, logger } = dependencies;
    const counted = countBytes((bytes) => {
      logger.info({ requestId: scope.requestId, upload: id, bytes }, 'import in progress');
    });
    source.body.on('error', (error) => counted.destroy(error));
    try {
      return await staging.receive(id, source.body.pipe(counted), { maxBytes: limit });
    } catch (error) {
      if (error instanceof FileTooLargeError) return { refused: excess };
      throw error;
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
      return await take(url, options, scope);
    } catch (error) {
      const code = codeOf(error);
      if (code === null || !(error instanceof Error)) throw error;
      dependencies.logger.info({ err: error, requestId: scope.requestId }, 'import failed');
      return { refused: refusal(code, error.message) };
    }
  }

  return {
    async accept(scope: RequestScope, input: ImportMediaInput): Promise<UploadOutcome> {
      const { check, problems } = createChecks(['input']);
      const details = readDetails(input.details ?? {}, (field, read) =>
        check(['details', ...field], read),
      );
      const key = check(['idempotencyKey'], () => readKey(input.idempotencyKey)) ?? null;
      if (problems.length > 0) return failedUpload(...problems);

      const { url, onDuplicate = 'ALLOW' } = input;
      const { storeId, subject: actor } = scope.caller;
      const retry = retryOf(key, { url: url.href, details, onDuplicate });
      const options = { storeId, actor, mutation: 'importMedia', retry, onDuplicate, details };
      // Before anything is fetched: what is there by now may be something else.
      const precedent =
        retry && (await uploads.precedent({ ...options, onDuplicate: 'ALLOW' }, null));
      if (precedent) return toUploadOutcome(toUploadResult(precedent), ERROR_LOCATION);
      return toUploadOutcome(await importOrRefuse(url, options, scope), ERROR_LOCATION);
    },
  };
}
export type ImportService = ReturnType<typeof createImportService>;

function codeOf(error: unknown) {
  if (error instanceof SourceForbidden) return 'SOURCE_FORBIDDEN';
  return error instanceof SourceUnreachable ? 'SOURCE_UNREACHABLE' : null;
}

/** Passes bytes on and says every few megabytes how many there were. */
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
