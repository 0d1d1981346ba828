import type { Logger } from '@federated-media/subgraph-kit/logger';
import { metrics } from '@federated-media/subgraph-kit/telemetry/metrics';
import type { UploadSlots } from '@federated-media/subgraph-kit/upload-slots';
import { DataStore, Upload } from '@tus/server';
import { type Hash, randomBytes } from 'node:crypto';
import type { Staging } from '../../../../storage/staging.ts';
import { QUOTA_EXCEEDED } from '../../../commit/upload-outcome.ts';
import type { ResumableUpload, StagedUploadRepository } from '../repository.ts';
import { currentBody } from './current-body.ts';
import { createRunningHashes } from './running-hashes.ts';
import { TusRefusal } from './tus-refusal.ts';

/** Each start has a name, so that bytes, their hash and the row belong together whichever process has which of them. */
const newName = (id: string) => `${id}-tus-${randomBytes(8).toString('hex')}`;

interface Dependencies {
  stagedUploads: Pick<
    StagedUploadRepository,
    'findResumable' | 'begin' | 'record' | 'restart' | 'remove'
  >;
  staging: Pick<Staging, 'resumable' | 'discard'>;
  slots: UploadSlots;
  logger: Logger;
}

/**
 * Resumable uploads for @tus/server, which calls this while it has the lock of the upload. The row of an upload exists
 * before its first request and holds its length; the staging holds its bytes. When the last byte has arrived, it is
 * recorded like a PUT.
 */
export class TusStore extends DataStore {
  override readonly extensions = ['creation', 'creation-with-upload', 'termination', 'expiration'];
  readonly #dependencies: Dependencies;
  readonly #hashes = createRunningHashes();

  constructor(dependencies: Dependencies) {
    super();
    this.#dependencies = dependencies;
  }

  /** Of a URL that was signed for it. */
  async #find(id: string): Promise<ResumableUpload> {
    const upload = await this.#dependencies.stagedUploads.findResumable(id);
    if (!upload) throw GONE;
    if (upload.isOpen && upload.isExpired) throw EXPIRED;
    return upload;
  }

  async #discard(names: readonly string[]): Promise<void> {
    for (const name of names) await this.#dependencies.staging.discard(name);
  }

  /** After the last byte. Also when the process that received it was killed before it could record it. */
  async #finish(
    { id, byteSize, checksum }: ResumableUpload,
    { name, hash }: { name: string; hash: Hash | null },
  ): Promise<void> {
    const { stagedUploads, staging } = this.#dependencies;
    const sha256 = hash?.digest('hex') ?? null;
    if (checksum !== null && sha256 !== null && sha256 !== checksum) {
      await this.#discard((await stagedUploads.restart(id)) ?? []);
      throw new TusRefusal(422, 'INVALID', 'The bytes do not match the declared checksum.');
    }
    await staging.resumable.finish(name);
    if (!(await stagedUploads.record(id, { name, byteSize, sha256 }))) throw CLOSED;
    metrics.upload({ road: 'tus', files: 1, bytes: byteSize });
  }

  /** Starts again, when a client creates the upload. */
  override async create(created: Upload): Promise<Upload> {
    const { isOpen, byteSize, expiresAt } = await this.#find(created.id);
    if (!isOpen) throw CLOSED;
    if (created.size !== byteSize) throw OTHER_LENGTH;
    const names = await this.#dependencies.stagedUploads.restart(created.id);
    if (!names) throw CLOSED;
    await this.#discard(names);
    created.creation_date = creationDate(expiresAt);
    return created;
  }

  override async getUpload(id: string): Promise<Upload> {
    const upload = await this.#find(id);
    const { byteSize: size, expiresAt, receivingName: name } = upload;
    let offset = size;
    if (upload.isAwaited) {
      offset = name === null ? 0 : await this.#dependencies.staging.resumable.size(name);
      if (name !== null && offset === size)
        await this.#finish(upload, { name, hash: this.#hashes.take(name, size) });
    }
    return new Upload({ id, size, offset, creation_date: creationDate(expiresAt) });
  }

  override async write(_empty: unknown, id: string, offset: number): Promise<number> {
    const { stagedUploads, staging, slots } = this.#dependencies;
    const body = currentBody.getStore();
    if (!body) throw new TypeError('The request has no body.');
    const upload = await this.#find(id);
    const { byteSize } = upload;
    if (offset === byteSize) return offset;
    const name = upload.receivingName ?? newName(id);
    const begun = await stagedUploads.begin(id, name);
    if (begun.outcome === 'closed') throw CLOSED;
    if (begun.outcome === 'over quota') throw OVER_QUOTA;
    const { superseded } = begun;
    if (superseded !== null && superseded !== name) await this.#discard([superseded]);
    const release = slots.take(begun.storeId);
    body.belongTo(begun.storeId);
    try {
      const hash = this.#hashes.take(name, offset);
      const arrived = await staging.resumable.append(name, body.bytes, {
        position: offset,
        byteSize,
        hash,
      });
      if (arrived === byteSize) await this.#finish(upload, { name, hash });
      else this.#hashes.keep(name, arrived, hash);
      return arrived;
    } finally {
      release();
    }
  }

  override async remove(id: string): Promise<void> {
    const { isOpen } = await this.#find(id);
    if (!isOpen) throw CLOSED;
    const names = await this.#dependencies.stagedUploads.remove(id);
    if (!names) throw CLOSED;
    await this.#discard(names);
  }

  override getExpiration(): number {
    return LIFE_MS;
  }
}

/** @tus/server adds it to the creation date. The real one is not needed. */
const LIFE_MS = 60 * 60 * 1000;
const creationDate = (expiresAt: Date) => new Date(expiresAt.getTime() - LIFE_MS).toISOString();

const GONE = new TusRefusal(404, 'NOT_FOUND', 'The upload does not exist.');
const EXPIRED = new TusRefusal(410, 'UPLOAD_EXPIRED', 'The upload has expired.');
const CLOSED = new TusRefusal(
  409,
  'CONFLICT',
  'The upload is closed: it was completed or has expired.',
);
const OVER_QUOTA = new TusRefusal(413, QUOTA_EXCEEDED.code, QUOTA_EXCEEDED.message);
const OTHER_LENGTH = new TusRefusal(
  400,
  'BAD_REQUEST',
  'Upload-Length must be the declared file size.',
);
