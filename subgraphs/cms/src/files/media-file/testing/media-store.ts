import { createHash, randomUUID } from 'node:crypto';
import { createTestDatabase } from '@federated-media/stack/test-database';
import { openPool } from '@federated-media/subgraph-kit/database';
import { newId } from '@federated-media/subgraph-kit/ids';
import { pino } from 'pino';
import { prepareQueue } from '../../../platform/jobs/runner.ts';
import {
  type Reservation,
  createReservationRepository,
} from '../../../intake/reservations/repository.ts';
import {
  type NewFile,
  type CommitOptions,
  createUploadRepository,
} from '../../../intake/commit/repository.ts';
import { createChangeRepository } from '../change-repository.ts';
import { createPurgeRepository } from '../../trash/purge-repository.ts';
import { createMediaFileRepository } from '../repository.ts';

type Database = Awaited<ReturnType<typeof createTestDatabase>>;

/** A file and its details. */
export interface GivenFile extends NewFile {
  readonly details: CommitOptions['details'];
}

/** A database of the CMS, a new one by default, its repositories, and every statement that they send. */
export async function openMediaStore(given?: Database) {
  const database = given ?? (await createTestDatabase('cms'));
  const statements: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line) => remember(line, statements) });
  const pool = openPool({ url: database.url, name: 'cms-test', logger });
  const silent = pino({ level: 'silent' });
  const jobsPool = openPool({ url: database.url, name: 'cms-test-jobs', logger: silent });
  const uploads = createUploadRepository({ pool });
  const reservations = createReservationRepository({ pool });

  const commit = (
    reservation: Reservation,
    { details = {}, ...given }: Partial<GivenFile> = {},
    terms: Partial<CommitOptions> = {},
  ) =>
    uploads.commit(reservation, newFile(given), {
      storeId: reservation.storeId,
      actor: 'someone',
      mutation: 'uploadMedia',
      retry: null,
      onDuplicate: 'ALLOW',
      details,
      auditId: newId(),
      ...terms,
    });

  return {
    database,
    pool,
    jobsPool,
    /** What a process does at its start. Only purging needs it. */
    prepareQueue: () => prepareQueue({ pool: jobsPool, logger: silent }),
    statements,
    files: createMediaFileRepository({ pool }),
    changes: createChangeRepository({ pool }),
    purges: createPurgeRepository({ pool }),
    uploads,
    reservations,
    async count(table: string): Promise<number> {
      const { rows } = await pool.query<{ count: number }>(`SELECT count(*)::int FROM ${table}`);
      return rows[0]!.count;
    },
    commit,
    /** Adds a file as an upload does, but without bytes. */
    async addFile(storeId: string, given: Partial<GivenFile> = {}) {
      const reservation = await reservations.reserve({ id: newId(), storeId });
      const committed = await commit(reservation!, given);
      if (committed.outcome !== 'written' || !committed.mediaFile) throw new Error('Not written.');
      return committed.mediaFile;
    },
    async close() {
      await Promise.all([pool.end(), jobsPool.end()]);
      await database.drop();
    },
    drop: () => database.drop(),
  };
}
export type MediaStore = Awaited<ReturnType<typeof openMediaStore>>;

/** An image with a checksum that no other file has. */
export function newFile(given: Partial<NewFile> = {}): NewFile {
  const checksum = createHash('sha256').update(randomUUID()).digest('hex');
  return {
    filename: 'stored.jpg',
    originalFilename: 'beach.jpg',
    storageKey: `test/${checksum}.jpg`,
    byteSize: 200_000,
    checksum,
    bytes: {
      mediaType: 'IMAGE',
      mimeType: 'image/jpeg',
      extension: 'jpg',
      width: 1600,
      height: 1200,
      durationSeconds: null,
      animated: false,
      charset: null,
      thumbHash: new Uint8Array([1, 2, 3]),
      credit: null,
      copyright: null,
    },
    ...given,
  };
}

function remember(line: string, statements: string[]) {
  const { msg, statement }: { msg: string; statement?: string } = JSON.parse(line);
  if (msg === 'sql' && statement) statements.push(statement);
}
