import { newId } from '@federated-media/subgraph-kit/ids';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import {
  beyondRequest,
  committing,
  currentRequest,
} from '@federated-media/subgraph-kit/request-life';
import { typeOfClaims } from '../../../files/file-types/claims.ts';
import { unlessAborted } from '../../../platform/unless-aborted.ts';
import type { Intake, IntakeOutcome, VerifiedFile } from '../../commit/intake.ts';
import type { CommitOptions, NewFile, UploadRepository } from '../../commit/repository.ts';
import { refusal, toUploadResult } from '../../commit/upload-outcome.ts';
import type { OpenReservation } from '../../reservations/reservations.ts';
import { type Attempt, toJson } from './processing-repository.ts';
import type { Found, Processing } from './processing.ts';
import type { ClaimedUpload, StagedUploadRecord } from './repository.ts';

/** The response waits no longer; the time limits of gateways and proxies are longer. */
const PATIENCE_MS = 3_000;

/** Bytes that have arrived. */
export interface Arrived {
  readonly upload: StagedUploadRecord;
  readonly storeId: string;
  readonly signal: AbortSignal;
}

export interface ArrivedListeners {
  /** Called with the SHA-256 of the bytes that arrived. */
  readonly onOpened: (sha256: string) => void;
  /** Called before the bytes are published, and awaited. */
  readonly onVerified: (verified: VerifiedFile) => Promise<void>;
}

interface Dependencies {
  verifyArrived(arrived: Arrived, listeners: ArrivedListeners): Promise<Found>;
  recordVerified(attempt: Attempt, verified: VerifiedFile): Promise<void>;
  uploads: Pick<UploadRepository, 'begin'>;
  intake: Pick<Intake, 'commit'>;
  background: Pick<Processing, 'continueInBackground'>;
  patienceMs?: number | undefined;
  logger: Logger;
}

export function createWork({
  verifyArrived,
  recordVerified,
  uploads,
  intake,
  background,
  patienceMs = PATIENCE_MS,
  logger,
}: Dependencies) {
  /** Verifies and publishes arrived bytes. Ends with the request, until it continues in the background. */
  return function startWork(
    { upload, reservation: { storeId } }: ClaimedUpload,
    request: AbortSignal,
  ) {
    const { id, stagedName } = upload;
    const attempt = { id, storeId, attempt: 1 };
    const controller = new AbortController();
    const follow = () => controller.abort(request.reason);
    request.addEventListener('abort', follow);
    if (request.aborted) follow();
    let isOurs = true;
    let receivedSha256: string | null = null;
    let verified: VerifiedFile | null = null;
    /** Whether the file is PROCESSING. */
    let beginning: Promise<boolean> | undefined;

    const found = beyondRequest(() =>
      verifyArrived(
        { upload, storeId, signal: controller.signal },
        {
          onOpened: (sha256) => (receivedSha256 = sha256),
          async onVerified(file) {
            verified = file;
            if (await beginning) await recordVerified(attempt, file);
          },
        },
      ),
    );
    found.catch(() => {}); // Awaited later.

    async function end() {
      request.removeEventListener('abort', follow);
      if (!isOurs) return;
      controller.abort(ENDED);
      await found.catch(() => {});
    }

    /** Creates the file as PROCESSING, unless the options allow an existing one. */
    async function continueInBackground(
      reservation: OpenReservation,
      options: CommitOptions,
    ): Promise<IntakeOutcome> {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      beginning = promise;
      // The end of the request ends the statement, or nothing any more.
      request.removeEventListener('abort', follow);
      try {
        const begun = await committing(() =>
          uploads.begin(
            reservation,
            { file: declaredFile(upload), verified: verified && toJson(verified) },
            { ...options, auditId: newId() },
          ),
        );
        if (begun.outcome === 'written') {
          isOurs = false;
          reservation.settle();
          logger.info({ upload: id }, 'completion continues in the background');
        }
        return toUploadResult(begun);
      } finally {
        // Before the work continues: the bytes must not be published unless what was verified is recorded.
        if (isOurs) controller.abort(ENDED);
        resolve(!isOurs);
        if (!isOurs) background.continueInBackground({ ...attempt, stagedName, found, controller });
      }
    }

    return {
      /**
       * The file: READY, or PROCESSING if its verification takes longer. `optionsOf` gets the SHA-256 of the bytes that
       * arrived; null if it is not known yet.
       * @throws the request's reason
       */
      async conclude(
        reservation: OpenReservation,
        optionsOf: (sha256: string | null) => CommitOptions,
      ): Promise<IntakeOutcome> {
        const result = await unlessAborted(unlessLonger(found, patienceOf(patienceMs)), request);
        const options = optionsOf(receivedSha256);
        if (result === undefined) return continueInBackground(reservation, options);
        return result === null
          ? { refused: INCOMPLETE }
          : intake.commit(reservation, result, options);
      },
      end,
      [Symbol.asyncDispose]: end,
    };
  };
}

const ENDED = new Error('The completion has ended.');

/** Leaves half of the request's remaining time for the rest of it. */
const patienceOf = (patienceMs: number): number =>
  Math.min(patienceMs, (currentRequest()?.remainingMs() ?? Infinity) / 2);

/** Undefined if `work` takes longer than `ms`. */
async function unlessLonger<Value>(work: Promise<Value>, ms: number): Promise<Value | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), ms);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** What is known of a file before its bytes are verified: what the client declared, and what has arrived. */
function declaredFile({
  id,
  originalFilename,
  declaredMimeType,
  declaredChecksum,
  stagedSize,
  stagedSha256,
}: StagedUploadRecord): NewFile {
  const type = typeOfClaims({ originalFilename, declaredMimeType });
  return {
    filename: type ? `${id}.${type.extension}` : id,
    originalFilename,
    storageKey: '',
    byteSize: Number(stagedSize),
    checksum: stagedSha256 ?? declaredChecksum ?? '',
    bytes: {
      mediaType: type?.mediaType ?? 'DOCUMENT',
      mimeType: type?.mimeType ?? declaredMimeType,
      extension: type?.extension ?? '',
      width: null,
      height: null,
      durationSeconds: null,
      animated: false,
      charset: null,
      thumbHash: null,
      credit: null,
      copyright: null,
    },
  };
}

export const INCOMPLETE = refusal(
  'UPLOAD_INCOMPLETE',
  'The bytes of this upload have not arrived yet. Send them to its URL first.',
);
