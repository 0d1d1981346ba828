import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { PaceLimits } from '@federated-media/multipart/pace';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { metrics } from '@federated-media/subgraph-kit/telemetry/metrics';
import { UPLOAD_IDLE_MS } from '@federated-media/subgraph-kit/upload-defaults';
import type { UploadSlots } from '@federated-media/subgraph-kit/upload-slots';
import { FileTooLargeError } from '../../../storage/file-writer.ts';
import type { StagedBytes, Staging } from '../../../storage/staging.ts';
import { StorageFullError } from '../../../storage/storage-full.ts';
import { QUOTA_EXCEEDED } from '../../commit/upload-outcome.ts';
import { createActivePuts } from './active-puts.ts';
import type { StagedUploadRepository } from './repository.ts';
import type { StagedUploadUrl } from './staged-url.ts';
import { type WatchedBody, watchBody } from './watched-body.ts';

export interface PutRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}
export type ReceiveResult = { byteSize: number } | PutRefusal;

interface Dependencies {
  stagedUploads: Pick<StagedUploadRepository, 'begin' | 'record' | 'giveUp' | 'receiving'>;
  staging: Staging;
  slots: UploadSlots;
  pace: PaceLimits;
  idleMs?: number;
  /** How often to check whether another process has got a newer PUT. */
  checkEveryMs?: number;
  logger: Logger;
}

/**
 * Receives the bytes of one PUT. Each PUT has its own file, and the row of the upload names the current one: a PUT that
 * starts ends the previous one, in whichever process that is, and one that ends after the completion has started has no
 * effect. The declared size counts against the quota of the store until then.
 */
export function createStagedReceiver({
  stagedUploads,
  staging,
  slots,
  pace,
  idleMs = UPLOAD_IDLE_MS,
  logger,
  ...options
}: Dependencies) {
  const puts = createActivePuts({ stagedUploads, logger, ...options });

  async function receive(
    { id, length, expiresAt }: StagedUploadUrl,
    body: IncomingMessage,
  ): Promise<ReceiveResult> {
    const name = `${id}-${randomBytes(8).toString('hex')}`;
    const begun = await stagedUploads.begin(id, name);
    if (begun.outcome === 'closed') return CLOSED;
    if (begun.outcome === 'over quota') return OVER_QUOTA;
    const { storeId, checksum, superseded } = begun;
    let isRecorded = false;
    try {
      if (superseded !== null) {
        puts.end(superseded);
        await staging.discard(superseded);
      }
      const staged = await stage({ id, name, storeId }, body, { length, expiresAt });
      if ('status' in staged) return staged;
      const problem = bytesProblem(staged, { length, checksum });
      if (problem) return problem;
      await staging.share(name, staged);
      const recorded = await stagedUploads.record(id, { name, ...staged });
      if (!recorded) return CLOSED;
      isRecorded = true;
      if (recorded.replaced !== null) await staging.discard(recorded.replaced);
      metrics.upload({ road: 'put', files: 1, bytes: staged.byteSize });
      return { byteSize: staged.byteSize };
    } finally {
      // Also if the outcome is unknown: the client is asked to send the bytes again.
      if (!isRecorded) await giveUp(id, name);
    }
  }

  /** If it fails, the next PUT or the expiry of the upload frees the room. */
  async function giveUp(id: string, name: string) {
    try {
      await staging.discard(name);
      await stagedUploads.giveUp(id, name);
    } catch (error) {
      logger.warn({ err: error, upload: id }, 'could not clean up after a PUT');
    }
  }

  async function stage(
    { id, name, storeId }: { id: string; name: string; storeId: string },
    body: IncomingMessage,
    { length, expiresAt }: { length: number; expiresAt: number },
  ): Promise<StagedBytes | PutRefusal> {
    const release = slots.take(storeId);
    let refusal: PutRefusal | undefined;
    const stop = (why: PutRefusal) => {
      refusal ??= why;
      bytes.destroy(new Error(why.message));
      release();
    };
    const { bytes, belongTo, unwatch } = watchBody(
      body,
      { pace, idleMs, expiresAt },
      { onSlow: (message) => stop(tooSlow(message)), onCut: cut },
    );
    belongTo(storeId);
    const forget = puts.add({ id, name, end: () => stop(SUPERSEDED) });
    try {
      return await staging.receive(name, bytes, { maxBytes: length });
    } catch (error) {
      if (refusal) return refusal;
      if (error instanceof FileTooLargeError) return TOO_MANY;
      if (error instanceof StorageFullError) {
        logger.error({ err: error.cause, upload: id }, 'the storage is full');
        return { status: 507, code: error.extensions.code, message: error.message };
      }
      if (!body.complete) return CUT_SHORT;
      throw error;
    } finally {
      unwatch();
      forget();
      release();
    }
  }

  return receive;
}
export type ReceiveStagedFile = ReturnType<typeof createStagedReceiver>;

const cut = ({ bytes }: WatchedBody) =>
  void bytes.destroy(new Error('The client closed the connection.'));

const CLOSED: PutRefusal = {
  status: 409,
  code: 'CONFLICT',
  message: 'The upload is closed: it was completed or has expired.',
};
const SUPERSEDED: PutRefusal = {
  status: 409,
  code: 'CONFLICT',
  message: 'A newer PUT of this upload has started.',
};
const OVER_QUOTA: PutRefusal = { status: 413, ...QUOTA_EXCEEDED };
const TOO_MANY: PutRefusal = {
  status: 413,
  code: 'FILE_TOO_LARGE',
  message: 'The body is larger than the declared file size.',
};
const CUT_SHORT: PutRefusal = {
  status: 400,
  code: 'UPLOAD_INCOMPLETE',
  message: 'The bytes did not arrive completely. Send them again.',
};
const tooSlow = (message: string): PutRefusal => ({ status: 408, code: 'TIMEOUT', message });

function bytesProblem(
  { byteSize, sha256 }: StagedBytes,
  { length, checksum }: { length: number; checksum: string | null },
): PutRefusal | null {
  if (byteSize !== length) return CUT_SHORT;
  if (checksum === null || checksum === sha256) return null;
  return {
    status: 422,
    code: 'INVALID',
    message: 'The bytes do not match the declared checksum.',
  };
}
