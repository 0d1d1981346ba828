import { inTransaction } from '@federated-media/subgraph-kit/transaction';
import pg from 'pg';
import type { MediaState } from '../feed/repository.ts';
import type { NameColumn } from '../labels/name-repository.ts';
import type { ChangedUsage } from '../intents.ts';
import { claimAgain } from '../intents.ts';

/** The consumer's table of associations, with the columns that the README requires. */
export interface AssociationTable {
  readonly table: string;
  /** SQL on the table's columns: the id of the entity that uses the file. */
  readonly entityId: string;
  /** SQL on the table's columns: the role in the CMS's ledger. */
  readonly role: string;
}

export interface Association extends ChangedUsage {
  readonly storeId: string;
  /** What people call the entity; null if the consumer does not name its entities. */
  readonly name: string | null;
  /** The state of the file according to the change feed; null without a change. */
  readonly state: MediaState['state'] | null;
  readonly stateVersion: number | null;
}

const CORRECT = `
  INSERT INTO media_states AS s (store_id, media_id, state, version) VALUES ($1, $2, $3, $4)
  ON CONFLICT (store_id, media_id) DO UPDATE SET state = excluded.state, version = excluded.version
  WHERE s.version = $5 AND s.state <> excluded.state`;

/** Reads and corrects associations. */
export function createReconcileRepository({
  pool,
  associations: { table, entityId, role },
  names,
}: {
  pool: pg.Pool;
  associations: AssociationTable;
  names: NameColumn | null;
}) {
  const name = pg.escapeIdentifier(table);
  const nameOf = names
    ? `(SELECT o.${pg.escapeIdentifier(names.label)} FROM ${pg.escapeIdentifier(names.owners)} o WHERE o.id = m.entity_id::uuid)`
    : 'NULL::text';
  const page = `
    SELECT m.id AS "usageId", m.store_id AS "storeId", m.media_id AS "mediaId", m.entity_id AS "entityId",
      ${nameOf} AS name, m.role, m.claim_version AS "claimVersion", s.state, s.version AS "stateVersion"
    FROM (
      SELECT id, store_id, media_id, (${entityId})::text AS entity_id, (${role})::text AS role,
        claim_version::float8 AS claim_version
      FROM ${name} WHERE store_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
    ) m
    LEFT JOIN media_states s ON s.store_id = m.store_id AND s.media_id = m.media_id
    ORDER BY m.id`;
  const stores = `SELECT DISTINCT store_id AS "storeId" FROM ${name}`;
  /** Messages are read before associations: a deleted intent has left an association, if any. */
  const messages = 'SELECT usage_id AS id FROM usage_outbox WHERE usage_id = ANY($1::uuid[])';
  const rows = `SELECT id FROM ${name} WHERE id = ANY($1::uuid[])`;
  /** Locks in the order of ids, as a rename does. */
  const renumber = `
    WITH locked AS MATERIALIZED (
      SELECT id FROM ${name} WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE
    )
    UPDATE ${name} AS m SET claim_version = c.claim_version
    FROM unnest($1::uuid[], $2::bigint[]) AS c (id, claim_version) JOIN locked USING (id)
    WHERE m.id = c.id AND m.claim_version < c.claim_version
    RETURNING m.id`;
  const release = `
    INSERT INTO usage_outbox (usage_id, claim_version, kind, store_id, media_id)
    SELECT r.usage_id, r.claim_version, 'RELEASE', r.store_id, r.media_id
    FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::uuid[]) AS r (usage_id, claim_version, store_id, media_id)
    ON CONFLICT DO NOTHING`;

  const idsOf = async (statement: string, usageIds: readonly string[]) =>
    new Set((await pool.query<{ id: string }>(statement, [usageIds])).rows.map(({ id }) => id));

  return {
    /** Every store that has associations. */
    async storeIds(): Promise<string[]> {
      const { rows } = await pool.query<{ storeId: string }>(stores);
      return rows.map(({ storeId }) => storeId);
    },

    /** Associations of one store in the order of their ids, from behind `after`. */
    async page(
      storeId: string,
      { after, limit }: { after: string | null; limit: number },
    ): Promise<Association[]> {
      return (await pool.query<Association>(page, [storeId, after, limit])).rows;
    },

    /** Those of `usageIds` with a message that is not sent yet. */
    waiting: (usageIds: readonly string[]) => idsOf(messages, usageIds),

    /** Those of `usageIds` that neither a message nor an association explains. */
    async unexplained(usageIds: readonly string[]): Promise<ReadonlySet<string>> {
      const waiting = await idsOf(messages, usageIds);
      const there = await idsOf(rows, usageIds);
      return new Set(usageIds.filter((id) => !waiting.has(id) && !there.has(id)));
    },

    /** Sets these claim versions where they are higher, and claims those associations with them. */
    claimAgain: (usages: readonly Association[]): Promise<void> =>
      inTransaction(pool, async (client) => {
        const ids = usages.map(({ usageId }) => usageId);
        const versions = usages.map(({ claimVersion }) => claimVersion);
        const changed = await client.query<{ id: string }>(renumber, [ids, versions]);
        const isChanged = new Set(changed.rows.map(({ id }) => id));
        for (const [storeId, ofStore] of Map.groupBy(usages, (usage) => usage.storeId)) {
          const claims = ofStore.filter(({ usageId }) => isChanged.has(usageId));
          await claimAgain(client, storeId, claims);
        }
      }),

    /** False when the stored version is not `knownVersion` any more. */
    async correct(
      { storeId, mediaId, state, version }: MediaState,
      knownVersion: number | null,
    ): Promise<boolean> {
      const values = [storeId, mediaId, state, version, knownVersion];
      return (await pool.query(CORRECT, values)).rowCount === 1;
    },

    async release(
      usages: readonly Pick<Association, 'usageId' | 'claimVersion' | 'storeId' | 'mediaId'>[],
    ) {
      await pool.query(release, [
        usages.map(({ usageId }) => usageId),
        usages.map(({ claimVersion }) => claimVersion),
        usages.map(({ storeId }) => storeId),
        usages.map(({ mediaId }) => mediaId),
      ]);
    },
  };
}
export type ReconcileRepository = ReturnType<typeof createReconcileRepository>;
