import { inTransaction } from '@federated-media/subgraph-kit/transaction';
import type pg from 'pg';
import type { MediaChange } from '../cms-client.ts';

/** A file of a store. */
export interface MediaRef {
  readonly storeId: string;
  readonly mediaId: string;
}

/**
 * Deletes the consumer's associations of files that are gone for good, and whatever hangs on that: what
 * is left of an order stays without gaps. Within the transaction of `client`. It may run again for files
 * that have no associations any more.
 */
export type Purge = (client: pg.ClientBase, files: readonly MediaRef[]) => Promise<void>;

export interface MediaState extends MediaRef {
  readonly state: 'ACTIVE' | 'TRASHED' | 'PURGED';
  readonly version: number;
}

const CURSOR = 'SELECT cursor FROM feed_cursor';
/** Of several processes with the same page one applies it. */
const ADVANCE = 'UPDATE feed_cursor SET cursor = $1 WHERE cursor IS NOT DISTINCT FROM $2';
const LEARN = `
  INSERT INTO media_states (store_id, media_id, state, version)
  SELECT * FROM unnest($1::text[], $2::uuid[], $3::media_trash_state[], $4::int[])
  ON CONFLICT (store_id, media_id) DO UPDATE SET state = excluded.state, version = excluded.version
  WHERE media_states.version < excluded.version
  RETURNING store_id AS "storeId", media_id AS "mediaId", state`;
const FORGET_MESSAGES = `
  DELETE FROM usage_outbox AS o USING unnest($1::text[], $2::uuid[]) AS gone (store_id, media_id)
  WHERE o.store_id = gone.store_id AND o.media_id = gone.media_id`;

/** What the CMS refused while its file was in the trash it takes now. */
const HURRY_MESSAGES = `
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

    /** All of a page, or nothing: also when somebody else has moved on from `after`. */
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
        if (rowCount === 1) await learn(client, toStates(changes));
      }),

    /** What is newer than what is known. */
    learn: (states: readonly MediaState[]): Promise<void> =>
      inTransaction(pool, (client) => learn(client, states)),
  };

  async function learn(client: pg.PoolClient, states: readonly MediaState[]) {
    if (states.length === 0) return;
    const { rows: news } = await client.query<Omit<MediaState, 'version'>>(LEARN, [
      ...columnsOf(states),
      states.map(({ state }) => state),
      states.map(({ version }) => version),
    ]);
    const back = news.filter(({ state }) => state === 'ACTIVE');
    if (back.length > 0) await client.query(HURRY_MESSAGES, columnsOf(back));
    const gone = news.filter(({ state }) => state === 'PURGED');
    if (gone.length > 0) await forget(client, gone);
  }

  /**
   * The claims ended with the file, so nothing is left to send. The intents go first: whoever is about to
   * write a use finds none of its own and writes nothing, or has written it, and it is deleted next.
   */
  async function forget(client: pg.PoolClient, gone: readonly MediaRef[]) {
    const refs = columnsOf(gone);
    await client.query(FORGET_MESSAGES, refs);
    await purge(client, gone);
    await client.query(FORGET_MESSAGES, refs);
  }
}
export type FeedRepository = ReturnType<typeof createFeedRepository>;

const STATES = { TRASHED: 'TRASHED', RESTORED: 'ACTIVE', PURGED: 'PURGED' } as const;

/** The latest news of each file; new bytes are none, for a use is one whatever the bytes. */
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
