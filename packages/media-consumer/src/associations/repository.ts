import { readId } from '@federated-media/subgraph-kit/ids';
import { inTransaction } from '@federated-media/subgraph-kit/transaction';
import type pg from 'pg';
import type { Purge } from '../feed/repository.ts';
import {
  CLAIM_OF_NEW,
  ClaimExpiredError,
  type Intents,
  type NewUse,
  intentValues,
  intending,
  releaseUnwritten,
  takeIntents,
} from '../intents.ts';
import type { Association, Decision, Owner } from './association.ts';
import { differences } from './differences.ts';
import {
  type OwnerFilter,
  type OwnerPage,
  type OwnerTables,
  createStatements,
} from './statements.ts';

interface OwnerKey {
  readonly storeId: string;
  /** As a client sent it. */
  readonly id: string;
  /** Usages claimed for the entity: those that are not written are released. */
  readonly claimed?: readonly NewUse[];
}

export interface OwnerRepositoryOptions<Use extends Association, Entity extends Owner<Use>> {
  readonly pool: pg.Pool;
  readonly tables: OwnerTables;
  /**
   * Selects, of changed usages, those that take what others must release first: PostgreSQL checks unique
   * indexes row by row.
   */
  readonly isWrittenLast?: (use: Use) => boolean;
  /** Turns dates inside JSON, which has none, from text into dates. */
  readonly readDates?: (row: Entity) => Entity;
  /** Writes what else `change` changes of the entity, before its usages. */
  readonly saveDetails?: (client: pg.PoolClient, before: Entity, after: Entity) => Promise<void>;
}

/** Entities with their usages of files. Every method sees one store only. Lists of ids are lower-case UUIDs. */
export function createOwnerRepository<Use extends Association, Entity extends Owner<Use>>({
  pool,
  tables,
  isWrittenLast = () => false,
  readDates = (row) => row,
  saveDetails,
}: OwnerRepositoryOptions<Use, Entity>) {
  const statements = createStatements(tables);
  const byIdIntending = intending(statements.byIds, 3);

  async function read(statement: string, values: unknown[], on: pg.Pool | pg.PoolClient = pool) {
    return (await on.query<Entity & pg.QueryResultRow>(statement, values)).rows.map(readDates);
  }

  return {
    /** `id` as a client sent it. */
    async find(storeId: string, id: string): Promise<Entity | null> {
      const readable = readId(id);
      if (readable === null) return null;
      return (await read(statements.byIds, [storeId, [readable]])).at(0) ?? null;
    },

    findByIds: (storeId: string, ids: readonly string[]): Promise<readonly Entity[]> =>
      read(statements.byIds, [storeId, ids]),

    findByUseIds: (storeId: string, ids: readonly string[]): Promise<readonly Entity[]> =>
      read(statements.byUseIds, [storeId, ids]),

    findWhere: (storeId: string, filter: OwnerFilter): Promise<readonly Entity[]> => {
      const { statement, values } = statements.where(filter);
      return read(statement, [storeId, ...values]);
    },

    /** A usage, by its id as a client sent it, with its entity. */
    async findUse(storeId: string, id: string): Promise<{ owner: Entity; use: Use } | null> {
      const readable = readId(id);
      if (readable === null) return null;
      const [owner] = await read(statements.byUseIds, [storeId, [readable]]);
      const use = owner?.uses.find((candidate) => candidate.id === readable);
      return owner && use ? { owner, use } : null;
    },

    /** Reads the entity and, in the same statement, stores the intents. Without the entity it stores none. */
    async findIntending(id: string, intents: Intents): Promise<Entity | null> {
      const values = [intents.storeId, [id], ...intentValues(intents)];
      return (await read(byIdIntending, values)).at(0) ?? null;
    },

    /** In the order of reading: backward is oldest first. */
    list(storeId: string, page: OwnerPage, filter?: OwnerFilter): Promise<readonly Entity[]> {
      const { statement, values } = statements.page(page, filter);
      return read(statement, [storeId, ...values]);
    },

    async count(storeId: string, filter?: OwnerFilter): Promise<number> {
      const { statement, values } = statements.count(filter);
      const { rows } = await pool.query<{ count: number }>(statement, [storeId, ...values]);
      return rows[0]?.count ?? 0;
    },

    /**
     * Writes `after` with one statement and without a lock before it, if it only adds the usages `claimed`
     * and the entity has not changed since `before` was read. Otherwise null, and nothing is written.
     * @throws ClaimExpiredError
     */
    async add(before: Entity, after: Entity, claimed: readonly NewUse[]): Promise<Entity | null> {
      const { removed, changed, added } = differences(before.uses, after.uses);
      const isAsClaimed = added.every(({ claimVersion }) => claimVersion === CLAIM_OF_NEW);
      const onlyAdds = removed.length + changed.length === 0 && added.length === claimed.length;
      if (!isAsClaimed || !onlyAdds) return null;

      const { storeId, id, usesRevision } = before;
      const usageIds = added.map((use) => use.id);
      const values = [storeId, id, JSON.stringify(added), usageIds, usesRevision];
      const { rows } = await pool.query<{ isHeld: boolean; isWritten: boolean }>(
        statements.add,
        values,
      );
      if (!rows[0]?.isHeld) throw new ClaimExpiredError();
      return rows[0].isWritten ? { ...after, usesRevision: usesRevision + 1 } : null;
    },

    /**
     * Changes the usages of an entity. Its row is locked before they are read, so `decide` sees all earlier
     * changes. `decide` may run more than once. Null when the entity does not exist.
     * @throws ClaimExpiredError
     */
    change: async <Answer>(
      { storeId, id: givenId, claimed = [] }: OwnerKey,
      decide: (entity: Entity) => Decision<Entity, Answer>,
    ): Promise<Decision<Entity, Answer> | null> => {
      const id = readId(givenId);
      if (id === null) return null;
      const work = async (client: pg.PoolClient) => {
        const claimedIds = claimed.map(({ usageId }) => usageId);
        if (claimedIds.length > 0) await takeIntents(client, claimedIds);
        // A separate statement: one that also reads would still see the state before the lock was granted.
        await client.query(statements.lock, [storeId, id]);
        const [before] = await read(statements.byIds, [storeId, [id]], client);
        if (!before) {
          await releaseUnwritten(client, storeId, claimed);
          return null;
        }
        const decision = decide(before);
        await saveDetails?.(client, before, decision.entity);
        await saveUses(client, before, decision.entity.uses);
        const written = new Set(decision.entity.uses.map((use) => use.id));
        const unwritten = claimed.filter(({ usageId }) => !written.has(usageId));
        await releaseUnwritten(client, storeId, unwritten);
        return decision;
      };
      return inTransaction(pool, work, { retryTaken: true });
    },
  };

  /** The CMS is notified of changed roles. The table's trigger notifies it of removed usages. */
  async function saveUses(
    client: pg.PoolClient,
    { id, storeId, uses }: Entity,
    after: readonly Use[],
  ) {
    const { removed, changed, added, reclaimed } = differences(uses, after);
    const write = async (statement: string, some: readonly Use[]) => {
      if (some.length > 0) await client.query(statement, [storeId, id, JSON.stringify(some)]);
    };
    const queryIds = async (statement: string, some: readonly Use[]) => {
      const ids = some.map((use) => use.id);
      if (ids.length > 0) await client.query(statement, [storeId, id, ids]);
    };
    await queryIds(statements.remove, removed);
    await write(
      statements.update,
      changed.filter((use) => !isWrittenLast(use)),
    );
    await write(
      statements.update,
      changed.filter((use) => isWrittenLast(use)),
    );
    await write(statements.insert, added);
    await queryIds(statements.claimAgain, reclaimed);
  }
}
export type OwnerRepository<Use extends Association, Entity extends Owner<Use>> = ReturnType<
  typeof createOwnerRepository<Use, Entity>
>;

/** Ends every usage of files that were purged; the usages behind them close up. */
export function createPurge(tables: OwnerTables): Purge {
  const { lockUsersOf, removeUsesOf, closeGaps } = createStatements(tables);
  return async (client, files) => {
    const refs = [files.map(({ storeId }) => storeId), files.map(({ mediaId }) => mediaId)];
    const { rows } = await client.query<{ id: string }>(lockUsersOf, refs);
    if (rows.length === 0) return;
    await client.query(removeUsesOf, refs);
    await client.query(closeGaps, [rows.map(({ id }) => id)]);
  };
}
