import { inTransaction } from '@federated-media/subgraph-kit/transaction';
import type pg from 'pg';
import type { MediaStatus } from '../../generated/prisma/enums.ts';
import { type FileRow, fileColumns, textsColumn, toMediaFile } from '../../model/file-row.ts';
import type { MediaFileRecord } from '../../model/media-file.ts';
import type { Claim, Release } from './media-usage.ts';

/**
 * Calls about the same usage run one after the other. Each consumer has 64 locks per store, and each usage
 * belongs to one of them: a call with hundreds of usages takes at most 64 locks, and calls about other
 * usages seldom wait.
 */
const LOCK_USAGES = {
  name: 'lock-usages',
  text: `
  SELECT pg_advisory_xact_lock(hashtextextended(concat_ws(' ', 'media usage', slot, $1::text, $2::text), 0))
  FROM (SELECT DISTINCT hashtext(id) & 63 AS slot FROM unnest($3::text[]) AS id ORDER BY slot) AS slots`,
};

/**
 * The current and the new files of these usages, locked in the order of their ids. A deletion locks its file
 * too, so of a claim and a deletion the second sees the result of the first. The triggers that count usages
 * then need no locks in another order.
 */
const LOCK_FILES = {
  name: 'lock-used-files',
  text: `
  SELECT f.id, f.status, f.trashed_at IS NOT NULL AS "isTrashed"
  FROM media_files f
  WHERE f.store_id = $1 AND f.id = ANY($4::uuid[] || ARRAY(
    SELECT u.media_id FROM media_usages u
    WHERE u.store_id = $1 AND u.consumer = $2 AND u.usage_id = ANY($3::text[])
  ))
  ORDER BY f.id
  FOR NO KEY UPDATE`,
};

const CLAIM = {
  name: 'claim-usages',
  text: `
  INSERT INTO media_usages AS u (
    store_id, consumer, usage_id, media_id, claim_version, entity_type, entity_id, role, label, url, active,
    claimed_at
  )
  SELECT $1, $2, claim.*, true, now()
  FROM unnest($3::text[], $4::uuid[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
    AS claim
  ON CONFLICT (store_id, consumer, usage_id) DO UPDATE SET
    media_id = excluded.media_id, claim_version = excluded.claim_version,
    entity_type = excluded.entity_type, entity_id = excluded.entity_id, role = excluded.role,
    label = excluded.label, url = excluded.url,
    active = true, released_at = NULL,
    claimed_at = CASE WHEN u.active AND u.media_id = excluded.media_id THEN u.claimed_at ELSE now() END
  WHERE u.claim_version < excluded.claim_version`,
};

/** Releases of unknown usages are stored as long as the file exists: their claims may arrive later. */
const RELEASE = {
  name: 'release-usages',
  text: `
  WITH release AS (
    SELECT * FROM unnest($3::text[], $4::uuid[], $5::bigint[]) AS r (usage_id, media_id, claim_version)
  ), known AS (
    UPDATE media_usages u SET active = false, claim_version = release.claim_version,
      released_at = coalesce(u.released_at, now())
    FROM release JOIN media_usages old USING (usage_id)
    WHERE old.store_id = $1 AND old.consumer = $2
      AND u.store_id = $1 AND u.consumer = $2 AND u.usage_id = release.usage_id
      AND u.claim_version <= release.claim_version
    RETURNING old.active AS ended
  ), unknown AS (
    INSERT INTO media_usages (store_id, consumer, usage_id, media_id, claim_version, active, released_at)
    SELECT $1, $2, release.usage_id, f.id, release.claim_version, false, now()
    FROM release JOIN media_files f ON f.id = release.media_id AND f.store_id = $1
    ON CONFLICT (store_id, consumer, usage_id) DO NOTHING
  )
  SELECT count(*) FILTER (WHERE ended)::int AS released FROM known`,
};

const READ_FILES = {
  name: 'claimed-files',
  text: `
  SELECT ${fileColumns}, ${textsColumn}
  FROM media_files f WHERE f.store_id = $1 AND f.id = ANY($2::uuid[])`,
};

const FORGET_RELEASED = `
  DELETE FROM media_usages
  WHERE (store_id, consumer, usage_id) IN (
    SELECT store_id, consumer, usage_id FROM media_usages
    WHERE NOT active AND released_at < now() - make_interval(secs => $1)
    LIMIT 10000
    FOR UPDATE SKIP LOCKED
  )`;

export interface LockedFile {
  readonly id: string;
  readonly status: MediaStatus;
  readonly isTrashed: boolean;
}

interface Owner {
  readonly storeId: string;
  readonly consumer: string;
}

/** Writes the ledger. A call must list each usage only once. */
export function createUsageRepository({ pool }: { pool: pg.Pool }) {
  return {
    /**
     * Claims all usages, or none if `reasonAgainst` returns a reason for the files that exist. Usages with
     * the same or a higher claim version stay unchanged. Returns the files, or the reason.
     */
    claim: <Reason>(
      owner: Owner,
      claims: readonly Claim[],
      mediaIds: readonly string[],
      reasonAgainst: (files: ReadonlyMap<string, LockedFile>) => Reason | null,
    ): Promise<{ files: MediaFileRecord[] } | { refused: Reason }> =>
      inTransaction(pool, async (client) => {
        const files = await lock(client, owner, claims, mediaIds);
        const refused = reasonAgainst(new Map(files.map((file) => [file.id, file])));
        if (refused !== null) return { refused };
        await client.query({
          ...CLAIM,
          values: [
            ...keysOf(owner, claims),
            claims.map(({ entityType }) => entityType),
            claims.map(({ entityId }) => entityId),
            claims.map(({ role }) => role),
            claims.map(({ label }) => label),
            claims.map(({ url }) => url),
          ],
        });
        const values = [owner.storeId, mediaIds];
        const { rows } = await client.query<FileRow>({ ...READ_FILES, values });
        return { files: rows.map(toMediaFile) };
      }),

    /** Returns how many of the usages were active. */
    release: (owner: Owner, releases: readonly Release[]): Promise<number> =>
      inTransaction(pool, async (client) => {
        const mediaIds = releases.flatMap(({ mediaId }) => mediaId ?? []);
        await lock(client, owner, releases, mediaIds);
        const values = keysOf(owner, releases);
        const { rows } = await client.query<{ released: number }>({ ...RELEASE, values });
        return rows[0]?.released ?? 0;
      }),

    /** Deletes up to 10,000 usages that were released that long ago. Returns how many. A claim that is even older would be accepted again. */
    async forgetReleased(olderThanSeconds: number): Promise<number> {
      const { rowCount } = await pool.query(FORGET_RELEASED, [olderThanSeconds]);
      return rowCount ?? 0;
    },
  };
}
export type UsageRepository = ReturnType<typeof createUsageRepository>;

/** The ledger is read after the first statement: later statements see what others committed while it waited. */
async function lock(
  client: pg.PoolClient,
  { storeId, consumer }: Owner,
  usages: readonly Release[],
  mediaIds: readonly string[],
): Promise<LockedFile[]> {
  const owned = [storeId, consumer, usages.map(({ usageId }) => usageId)];
  await client.query({ ...LOCK_USAGES, values: owned });
  const { rows } = await client.query<LockedFile>({ ...LOCK_FILES, values: [...owned, mediaIds] });
  return rows;
}

const keysOf = ({ storeId, consumer }: Owner, usages: readonly Release[]) => [
  storeId,
  consumer,
  usages.map(({ usageId }) => usageId),
  usages.map(({ mediaId }) => mediaId),
  usages.map(({ claimVersion }) => claimVersion),
];
