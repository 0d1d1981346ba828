import { createHash, randomUUID } from 'node:crypto';
import { createTestDatabase } from '@federated-media/stack/test-database';
import { openPool } from '@federated-media/subgraph-kit/database';
import { newId } from '@federated-media/subgraph-kit/ids';
import { pino } from 'pino';
import { prepareQueue } from '../../jobs/runner.ts';
import { createReservationRepository } from '../../upload/reservation-repository.ts';
import { type NewFile, createUploadRepository } from '../../upload/repository.ts';
import { createChangeRepository } from '../change-repository.ts';
import { createPurgeRepository } from '../purge-repository.ts';
import { createMediaFileRepository } from '../repository.ts';

/** The CMS's database, its repositories, and every statement they send. */
export async function openMediaStore() {
  const database = await createTestDatabase('cms');
  const statements: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line) => remember(line, statements) });
  const pool = openPool({ url: database.url, name: 'cms-test', logger });
  const silent = pino({ level: 'silent' });
  const jobsPool = openPool({ url: database.url, name: 'cms-test-jobs', logger: silent });
  const uploads = createUploadRepository({ pool });
  const reservations = createReservationRepository({ pool });

  return {
    pool,
    jobsPool,
    /** What a process does when it starts; only purging needs it. */
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
    /** A file as an upload leaves it, without bytes. */
    async addFile(storeId: string, given: Partial<NewFile> = {}) {
      const reservation = { id: newId(), storeId };
      await reservations.reserve(reservation);
      const committed = await uploads.commit(reservation, newFile(given), null);
      if (typeof committed === 'string' || !('written' in committed))
        throw new Error('Not written.');
      return committed.written;
    },
    async close() {
      await Promise.all([pool.end(), jobsPool.end()]);
      await database.drop();
    },
    drop: () => database.drop(),
  };
}
export type MediaStore = Awaited<ReturnType<typeof openMediaStore>>;

/** A picture nobody has seen before. */
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
      thumbHash: new Uint8Array([1, 2, 3]),
    },
    details: {},
    ...given,
  };
}

function remember(line: string, statements: string[]) {
  const { msg, statement }: { msg: string; statement?: string } = JSON.parse(line);
  if (msg === 'sql' && statement) statements.push(statement);
}
