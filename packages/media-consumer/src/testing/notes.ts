import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  dropDatabase,
  ensureDatabase,
  withClient,
  withDatabase,
} from '@federated-media/migrations/databases';
import { openPool } from '@federated-media/subgraph-kit/database';
import { newId } from '@federated-media/subgraph-kit/ids';
import { createLogger } from '@federated-media/subgraph-kit/logger';
import { inTransaction } from '@federated-media/subgraph-kit/transaction';
import { inject } from 'vitest';
import type { Purge } from '../feed/repository.ts';
import { type Intents, intentValues, intending, takeIntents } from '../intents.ts';
import type { AssociationTable } from '../reconcile/repository.ts';

const TABLES = `
  CREATE TABLE notes (id uuid PRIMARY KEY, store_id text NOT NULL, title text);
  CREATE TABLE note_media (
    id uuid PRIMARY KEY, store_id text NOT NULL, note_id uuid NOT NULL REFERENCES notes ON DELETE CASCADE,
    media_id uuid NOT NULL, claim_version bigint NOT NULL DEFAULT 1
  );
  CREATE TRIGGER note_media_release AFTER DELETE ON note_media REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION release_gone_usages();
  CREATE TRIGGER notes_rename AFTER UPDATE ON notes FOR EACH ROW WHEN (OLD.title IS DISTINCT FROM NEW.title)
    EXECUTE FUNCTION claim_renamed_usages('note_media', 'note_id', '''COVER''');`;

export const STORE = 'store-a';

export const associations: AssociationTable = {
  table: 'note_media',
  entityId: 'note_id',
  role: "'COVER'",
};

export const names = { owners: 'notes', label: 'title' };

export const purgeNotes: Purge = async (client, files) => {
  await client.query('DELETE FROM note_media WHERE media_id = ANY($1::uuid[])', [
    files.map(({ mediaId }) => mediaId),
  ]);
};

/** A minimal consumer: notes with images, in a separate database. */
export async function openNotes() {
  const url = withDatabase(inject('postgresUrl'), `test_notes_${randomUUID().replaceAll('-', '')}`);
  await ensureDatabase(url);
  for (const file of ['tables.sql', 'labels.sql']) {
    const path = new URL(`../../prisma/${file}`, import.meta.url);
    const statements = await readFile(path, 'utf8');
    await withClient(url, (client) => client.query(statements));
  }
  await withClient(url, (client) => client.query(TABLES));
  const logger = createLogger({ name: 'test', level: 'silent' });
  const pool = openPool({ url, name: 'notes', logger });
  const find = intending('SELECT id FROM notes WHERE store_id = $1 AND id = $2', 3);

  return {
    url,
    pool,
    logger,

    async newNote(title: string | null = null): Promise<string> {
      const id = newId();
      await pool.query('INSERT INTO notes VALUES ($1, $2, $3)', [id, STORE, title]);
      return id;
    },
    /** As SQL, which no code of the consumer sees. */
    async rename(id: string, title: string | null): Promise<void> {
      await pool.query('UPDATE notes SET title = $2 WHERE id = $1', [id, title]);
    },
    /** Whether the note exists. */
    async findIntending(id: string, intents: Intents): Promise<boolean> {
      const { rowCount } = await pool.query(find, [intents.storeId, id, ...intentValues(intents)]);
      return rowCount === 1;
    },
    /** @throws ClaimExpiredError */
    write: (noteId: string, { usages }: Pick<Intents, 'usages'>): Promise<void> =>
      inTransaction(pool, async (client) => {
        await takeIntents(
          client,
          usages.map(({ usageId }) => usageId),
        );
        for (const { usageId, mediaId } of usages) {
          const row = [usageId, STORE, noteId, mediaId];
          await client.query('INSERT INTO note_media VALUES ($1, $2, $3, $4)', row);
        }
      }),
    async usageIds(): Promise<string[]> {
      const { rows } = await pool.query<{ id: string }>('SELECT id FROM note_media ORDER BY id');
      return rows.map(({ id }) => id);
    },
    /** As `RELEASE 2 <usage id>`, with the number of attempts if there were any. */
    async outbox(): Promise<string[]> {
      const { rows } = await pool.query<{ line: string }>(
        `SELECT concat_ws(' ', kind, claim_version, usage_id, nullif(attempts, 0)) AS line
         FROM usage_outbox ORDER BY usage_id, claim_version`,
      );
      return rows.map(({ line }) => line);
    },
    async states(): Promise<string[]> {
      const { rows } = await pool.query<{ line: string }>(
        `SELECT concat_ws(' ', media_id, state, version) AS line FROM media_states ORDER BY media_id`,
      );
      return rows.map(({ line }) => line);
    },
    async empty() {
      await pool.query('TRUNCATE notes, note_media, usage_outbox, media_states');
      await pool.query('UPDATE feed_cursor SET cursor = NULL');
    },
    async close() {
      await pool.end();
      await dropDatabase(url);
    },
  };
}
export type Notes = Awaited<ReturnType<typeof openNotes>>;

export const usageOf = (mediaId: string) => ({ usageId: newId(), mediaId, role: 'COVER' });
