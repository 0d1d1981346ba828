import { readId } from '@federated-media/subgraph-kit/ids';
import {
  type Statement,
  createStatementNames,
} from '@federated-media/subgraph-kit/prepared-statements';
import { inTransaction } from '@federated-media/subgraph-kit/transaction';
import { violatesUnique } from '@federated-media/subgraph-kit/database-error';
import type pg from 'pg';
import type { Purge } from '../feed/repository.ts';
import {
  CLAIM_OF_NEW,
  ClaimExpiredError,
  type Intents,
  type NewUsage,
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
  type Reading,
  createStatements,
} from './statements.ts';

interface OwnerKey {
  readonly storeId: string;
  /** As a client sent it. */
  readonly id: string;
  /** Usages claimed for the entity: those that are not written are released. */
  readonly claimed?: readonly NewUsage[];
  /** The name that they were claimed with. */
  readonly claimedName?: string | null;
}

export interface OwnerRepositoryOptions<Usage extends Association, Entity extends Owner<Usage>> {
  readonly pool: pg.Pool;
  readonly tables: OwnerTables;
  /**
   * Selects, of changed usages, those that take what others must release first: PostgreSQL checks unique
   * indexes row by row.
   */
  readonly isWrittenLast?: (usage: Usage) => boolean;
  /** Turns dates inside JSON, which has none, from text into dates. Without `reading` all properties were read. */
  readonly readDates?: (row: Entity, reading: Reading | undefined) => Entity;
  /** Writes what else `change` changes of the entity, before its usages. */
  readonly saveDetails?: (client: pg.PoolClient, before: Entity, after: Entity) => Promise<void>;
}

/** Entities with their usages of files. Every method sees one store only. Lists of ids are lower-case UUIDs. */
export function createOwnerRepository<Usage extends Association, Entity extends Owner<Usage>>({
  pool,
  tables,
  isWrittenLast = () => false,
  readDates = (row) => row,
  saveDetails,
}: OwnerRepositoryOptions<Usage, Entity>) {
  const statements = createStatements(tables);
  const byIdIntending = intending(statements.byIds(), 3);
  const named = createStatementNames(tables.owners);

  async function read(
    statement: Statement,
    values: unknown[],
    { on = pool, reading }: { on?: pg.Pool | pg.PoolClient; reading?: Reading | undefined } = {},
  ) {
    const { rows } = await on.query<Entity & pg.QueryResultRow>({ ...statement, values });
    return rows.map((row) => readDates(row, reading));
  }

  const findByIds = (
    storeId: string,
    ids: readonly string[],
    reading?: Reading,
  ): Promise<readonly Entity[]> =>
    read(named(statements.byIds(reading)), [storeId, ids], { reading });

  /** What people call the entity; null without `tables.label`. */
  function nameOf(entity: Entity): string | null {
    const name: unknown = tables.label === undefined ? null : Reflect.get(entity, tables.label);
    return typeof name === 'string' ? name : null;
  }

  return {
    nameOf,

    /** `id` as a client sent it. */
    async find(storeId: string, id: string, reading?: Reading): Promise<Entity | null> {
      const readable = readId(id);
      if (readable === null) return null;
      return (await findByIds(storeId, [readable], reading)).at(0) ?? null;
    },

    findByIds,

    findByUsageIds: (
      storeId: string,
      ids: readonly string[],
      reading?: Reading,
    ): Promise<readonly Entity[]> =>
      read(named(statements.byUsageIds(reading)), [storeId, ids], { reading }),

    findWhere: (
      storeId: string,
      filter: OwnerFilter,
      reading?: Reading,
    ): Promise<readonly Entity[]> => {
      const { statement, values } = statements.where(filter, reading);
      return read({ text: statement }, [storeId, ...values], { reading });
    },

    /** A usage, by its id as a client sent it, with its entity. */
    async findUsage(storeId: string, id: string): Promise<{ owner: Entity; usage: Usage } | null> {
      const readable = readId(id);
      if (readable === null) return null;
      const [owner] = await read({ text: statements.byUsageIds() }, [storeId, [readable]]);
      const usage = owner?.usages.find((candidate) => candidate.id === readable);
      return owner && usage ? { owner, usage } : null;
    },

    /** Reads the entity and, in the same statement, stores the intents. Without the entity it stores none. */
    async findIntending(id: string, intents: Intents): Promise<Entity | null> {
      const values = [intents.storeId, [id], ...intentValues(intents)];
      return (await read({ text: byIdIntending }, values)).at(0) ?? null;
    },

    /** In the order of reading: backward is oldest first. */
    list(
      storeId: string,
      page: OwnerPage,
      filter?: OwnerFilter,
      reading?: Reading,
    ): Promise<readonly Entity[]> {
      const { statement, values } = statements.page(page, filter, reading);
      // With a filter, the best plan depends on its values.
      const isFiltered = filter !== undefined && filter.conditions.length > 0;
      const text = isFiltered ? { text: statement } : named(statement);
      return read(text, [storeId, ...values], { reading });
    },

    async count(storeId: string, filter?: OwnerFilter): Promise<number> {
      const { statement, values } = statements.count(filter);
      const { rows } = await pool.query<{ count: number }>(statement, [storeId, ...values]);
      return rows[0]?.count ?? 0;
    },

    /**
     * Writes `after` with one statement and without a lock before it, if it only adds the usages `claimed`
     * and neither the usages nor the name have changed since `before` was read. Otherwise null, and nothing is written.
     * @throws ClaimExpiredError
     */
    async add(before: Entity, after: Entity, claimed: readonly NewUsage[]): Promise<Entity | null> {
      const { removed, changed, added } = differences(before.usages, after.usages);
      const isAsClaimed = added.every(({ claimVersion }) => claimVersion === CLAIM_OF_NEW);
      const onlyAdds = removed.length + changed.length === 0 && added.length === claimed.length;
      if (!isAsClaimed || !onlyAdds) return null;

      const { storeId, id, usagesRevision } = before;
      const usageIds = added.map((usage) => usage.id);
      const json = JSON.stringify(added);
      const values = [storeId, id, json, usageIds, usagesRevision, nameOf(before)];
      const result = await pool
        .query<{ isHeld: boolean; isWritten: boolean }>(statements.add, values)
        .catch(nullIfTaken);
      if (result === null) return null;
      const [outcome] = result.rows;
      if (!outcome?.isHeld) throw new ClaimExpiredError();
      return outcome.isWritten ? { ...after, usagesRevision: usagesRevision + 1 } : null;
    },

    /**
     * Changes the usages of an entity. Its row is locked before they are read, so `decide` sees all earlier
     * changes. `decide` may run more than once. Null when the entity does not exist.
     * @throws ClaimExpiredError
     */
    change: async <Answer>(
      { storeId, id: givenId, claimed = [], claimedName = null }: OwnerKey,
      decide: (entity: Entity) => Decision<Entity, Answer>,
    ): Promise<Decision<Entity, Answer> | null> => {
      const id = readId(givenId);
      if (id === null) return null;
      const work = async (client: pg.PoolClient) => {
        const claimedIds = claimed.map(({ usageId }) => usageId);
        if (claimedIds.length > 0) await takeIntents(client, claimedIds);
        // A separate statement: one that also reads would still see the state before the lock was granted.
        await client.query(statements.lock, [storeId, id]);
        const [before] = await read({ text: statements.byIds() }, [storeId, [id]], { on: client });
        if (!before) {
          await releaseUnwritten(client, storeId, claimed);
          return null;
        }
        const decision = decide(before);
        const isRenamed = claimed.length > 0 && nameOf(before) !== claimedName;
        const usages = isRenamed
          ? claimedAgain(decision.entity.usages, claimed)
          : decision.entity.usages;
        await saveDetails?.(client, before, decision.entity);
        await saveUsages(client, before, usages);
        const written = new Set(usages.map((usage) => usage.id));
        const unwritten = claimed.filter(({ usageId }) => !written.has(usageId));
        await releaseUnwritten(client, storeId, unwritten);
        return { ...decision, entity: { ...decision.entity, usages } };
      };
      return inTransaction(pool, work, { retryTaken: true });
    },
  };

  /** The CMS is notified of changed roles and names. The table's trigger notifies it of removed usages. */
  async function saveUsages(
    client: pg.PoolClient,
    { id, storeId, usages }: Entity,
    after: readonly Usage[],
  ) {
    const { removed, changed, added, reclaimed } = differences(usages, after);
    const write = async (statement: string, some: readonly Usage[]) => {
      if (some.length > 0) await client.query(statement, [storeId, id, JSON.stringify(some)]);
    };
    const queryIds = async (statement: string, some: readonly Usage[]) => {
      const ids = some.map((usage) => usage.id);
      if (ids.length > 0) await client.query(statement, [storeId, id, ids]);
    };
    await queryIds(statements.remove, removed);
    await write(
      statements.update,
      changed.filter((usage) => !isWrittenLast(usage)),
    );
    await write(
      statements.update,
      changed.filter((usage) => isWrittenLast(usage)),
    );
    await write(statements.insert, added);
    await queryIds(statements.claimAgain, reclaimed);
  }
}
export type OwnerRepository<Usage extends Association, Entity extends Owner<Usage>> = ReturnType<
  typeof createOwnerRepository<Usage, Entity>
>;

/** The entity was renamed after these usages were claimed: they are claimed with its new name. */
function claimedAgain<Usage extends Association>(
  usages: readonly Usage[],
  claimed: readonly NewUsage[],
): readonly Usage[] {
  const outdated = new Set(claimed.map(({ usageId }) => usageId));
  return usages.map((usage) =>
    outdated.has(usage.id) ? { ...usage, claimVersion: usage.claimVersion + 1 } : usage,
  );
}

/** Ends every usage of files that were purged; the usages behind them close up. */
export function createPurge(tables: OwnerTables): Purge {
  const { lockUsersOf, removeUsagesOf, closeGaps } = createStatements(tables);
  return async (client, files) => {
    const refs = [files.map(({ storeId }) => storeId), files.map(({ mediaId }) => mediaId)];
    const { rows } = await client.query<{ id: string }>(lockUsersOf, refs);
    if (rows.length === 0) return;
    await client.query(removeUsagesOf, refs);
    await client.query(closeGaps, [rows.map(({ id }) => id)]);
  };
}

/** A process of an earlier version, which does not count revisions, may have written in the meantime. */
function nullIfTaken(error: unknown): null {
  if (violatesUnique(error)) return null;
  throw error;
}
