import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { countReceived } from '@federated-media/multipart/received-bytes';
import { metrics } from '@federated-media/subgraph-kit/telemetry/metrics';
import { FileTooLargeError, type StagedBytes, type Staging } from '../../../storage/staging.ts';
import { UPLOAD_IDLE_MS } from '@federated-media/subgraph-kit/upload-defaults';
import type { StagedUploadRepository } from './repository.ts';
import type { StagedUploadUrl } from './staged-url.ts';

export type ReceiveResult = { byteSize: number } | { status: number; message: string };

/**
 * Receives the bytes of one PUT. Each PUT has its own file, and one UPDATE selects the current one:
 * a PUT that ends after another one, or after the completion has started, has no effect.
 */
export function createStagedReceiver({
  stagedUploads,
  staging,
  idleMs = UPLOAD_IDLE_MS,
}: {
  stagedUploads: Pick<StagedUploadRepository, 'findOpen' | 'record'>;
  staging: Staging;
  idleMs?: number;
}) {
  return async function receive(
    { id, length, expiresAt }: StagedUploadUrl,
    body: IncomingMessage,
  ): Promise<ReceiveResult> {
    const upload = await stagedUploads.findOpen(id);
    if (!upload) return CLOSED;
    const name = `${id}-${randomBytes(8).toString('hex')}`;
    const staged = await stage(name, body, { length, totalMs: expiresAt * 1000 - Date.now() });
    if ('status' in staged) return staged;

    const problem = bytesProblem(staged, { length, checksum: upload.checksum });
    let recorded: { replaced: string | null } | null = null;
    try {
      if (!problem) recorded = await stagedUploads.record(id, { name, ...staged });
    } finally {
      // Also if the outcome is unknown: the client is asked to send the bytes again.
      if (!recorded) await staging.discard(name);
    }
    if (!recorded) return problem ?? CLOSED;
    if (recorded.replaced) await staging.discard(recorded.replaced);
    metrics.upload({ road: 'put', files: 1, bytes: staged.byteSize });
    return { byteSize: staged.byteSize };
  };

  /** Disconnects a client that is silent, or too slow until its URL expires. */
  async function stage(
    name: string,
    body: IncomingMessage,
    { length, totalMs }: { length: number; totalMs: number },
  ): Promise<StagedBytes | { status: number; message: string }> {
    const stop = () => body.destroy(new Error('The bytes took too long to arrive.'));
    const total = setTimeout(stop, totalMs);
    const idle = setTimeout(stop, idleMs);
    try {
      // Otherwise the listener would start the stream before its bytes are written.
      body.pause();
      body.on('data', (chunk: Buffer) => {
        idle.refresh();
        countReceived(chunk.length);
      });
      return await staging.receive(name, body, { maxBytes: length });
    } catch (error) {
      if (error instanceof FileTooLargeError) return TOO_MANY;
      if (body.errored || body.destroyed) return CUT_SHORT;
      throw error;
    } finally {
      clearTimeout(total);
      clearTimeout(idle);
    }
  }
}
export type ReceiveStagedFile = ReturnType<typeof createStagedReceiver>;

const CLOSED = { status: 409, message: 'The upload is closed: it was completed or has expired.' };
const TOO_MANY = { status: 413, message: 'The body is larger than the declared file size.' };
const CUT_SHORT = { status: 400, message: 'The bytes did not arrive completely. Send them again.' };

function bytesProblem(
  { byteSize, sha256 }: StagedBytes,
  { length, checksum }: { length: number; checksum: string | null },
) {
  if (byteSize !== length) return CUT_SHORT;
  if (checksum === null || checksum === sha256) return null;
  return { status: 422, message: 'The bytes do not match the declared checksum.' };
}
