import { inTransaction } from '@federated-media/subgraph-kit/transaction';
import type pg from 'pg';
import type { MediaChange } from '../cms-client.ts';

/** A file of a store. */
export interface MediaRef {
  readonly storeId: string;
  readonly mediaId: string;
}

/**
 * Deletes the consumer's associations of purged files and closes the gaps in their orders, in the
 * transaction of `client`. It may run again for files without associations.
 */
export type Purge = (client: pg.ClientBase, files: readonly MediaRef[]) => Promise<void>;

export interface MediaState extends MediaRef {
  readonly state: 'ACTIVE' | 'TRASHED' | 'PURGED';
  readonly version: number;
}

const CURSOR = 'SELECT cursor FROM feed_cursor';
/** If several processes have the same page, one of them applies it. */
const ADVANCE = 'UPDATE feed_cursor SET cursor = $1 WHERE cursor IS NOT DISTINCT FROM $2';
const STORE_STATES = `
  INSERT INTO media_states (store_id, media_id, state, version)
  SELECT * FROM unnest($1::text[], $2::uuid[], $3::media_trash_state[], $4::int[])
  ON CONFLICT (store_id, media_id) DO UPDATE SET state = excluded.state, version = excluded.version
  WHERE media_states.version < excluded.version
  RETURNING store_id AS "storeId", media_id AS "mediaId", state`;
const DELETE_MESSAGES = `
  DELETE FROM usage_outbox AS o USING unnest($1::text[], $2::uuid[]) AS gone (store_id, media_id)
  WHERE o.store_id = gone.store_id AND o.media_id = gone.media_id`;

/** The CMS accepts claims of restored files that it rejected while these were in the trash. */
const SEND_CLAIMS_NOW = `
  UPDATE usage_outbox AS o SET due_at = now()
  FROM unnest($1::text[], $2::uuid[]) AS back (store_id, media_id)
  WHERE o.store_id = back.store_id AND o.media_id = back.media_id AND o.kind = 'CLAIM' AND o.due_at > now()`;

const columnsOf = (refs: readonly MediaRef[]) => [
  refs.map(({ storeId }) => storeId),
  refs.map(({ mediaId }) => mediaId),
];

export function createFeedRepository({ pool, purge }: { pool: pg.Pool; purge: Purge }) {
  return {
    async cursor(): Promise<string | null> {
      const { rows } = await pool.query<{ cursor: string | null }>(CURSOR);
      const [row] = rows;
      if (!row) throw new Error('feed_cursor has no row.');
      return row.cursor;
    },

    /** Applies a whole page, or nothing if another process has advanced the cursor from `after`. */
    apply: ({
      after,
      cursor,
      changes,
    }: {
      after: string | null;
      cursor: string;
      changes: readonly MediaChange[];
    }): Promise<void> =>
      inTransaction(pool, async (client) => {
        const { rowCount } = await client.query(ADVANCE, [cursor, after]);
        if (rowCount === 1) await applyStates(client, toStates(changes));
      }),

    /** Applies states that are newer than the stored ones. */
    applyStates: (states: readonly MediaState[]): Promise<void> =>
      inTransaction(pool, (client) => applyStates(client, states)),
  };

  async function applyStates(client: pg.PoolClient, states: readonly MediaState[]) {
    if (states.length === 0) return;
    const { rows: applied } = await client.query<Omit<MediaState, 'version'>>(STORE_STATES, [
      ...columnsOf(states),
      states.map(({ state }) => state),
      states.map(({ version }) => version),
    ]);
    const restored = applied.filter(({ state }) => state === 'ACTIVE');
    if (restored.length > 0) await client.query(SEND_CLAIMS_NOW, columnsOf(restored));
    const purged = applied.filter(({ state }) => state === 'PURGED');
    if (purged.length > 0) await removePurged(client, purged);
  }

  /**
   * The claims ended with the file, so there is nothing to send. The intents are deleted first: a concurrent
   * writer either finds its intent deleted and writes nothing, or has written its usage, which is deleted next.
   */
  async function removePurged(client: pg.PoolClient, files: readonly MediaRef[]) {
    const refs = columnsOf(files);
    await client.query(DELETE_MESSAGES, refs);
    await purge(client, files);
    await client.query(DELETE_MESSAGES, refs);
  }
}
export type FeedRepository = ReturnType<typeof createFeedRepository>;

const STATES = { TRASHED: 'TRASHED', RESTORED: 'ACTIVE', PURGED: 'PURGED' } as const;

/** The latest state of each file. Replaced content does not change it. */
function toStates(changes: readonly MediaChange[]): MediaState[] {
  const latest = new Map<string, MediaState>();
  for (const { kind, storeId, mediaId, version } of changes) {
    if (kind === 'CONTENT_REPLACED') continue;
    const key = `${storeId}/${mediaId}`;
    const known = latest.get(key);
    if (!known || known.version < version) {
      latest.set(key, { storeId, mediaId, state: STATES[kind], version });
    }
  }
  return [...latest.values()];
}
