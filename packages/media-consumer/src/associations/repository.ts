import { inTransaction } from '@federated-media/subgraph-kit/transaction';
import type pg from 'pg';
import type { Purge } from '../feed/repository.ts';
import {
  type Intents,
  type NewUse,
  intentValues,
  intending,
  releaseUnwritten,
  takeIntents,
} from '../intents.ts';
import type { Association, Decision, Owner } from './association.ts';
import { type OwnerPage, type OwnerTables, createStatements } from './statements.ts';

interface OwnerKey {
  readonly storeId: string;
  readonly id: string;
  /** Uses claimed for it: those that are not written are released. */
  readonly claimed?: readonly NewUse[];
}

/**
 * Entities with their uses of files. Every method sees one store only; ids must be UUIDs in lower case.
 * `isWrittenLast`: of changed uses, those that take what others must have left first, for PostgreSQL
 * checks unique indexes row by row. How a use is claimed must never change.
 */
export function createOwnerRepository<Use extends Association, Entity extends Owner<Use>>({
  pool,
  tables,
  isWrittenLast = () => false,
}: {
  pool: pg.Pool;
  tables: OwnerTables;
  isWrittenLast?: (use: Use) => boolean;
}) {
  const statements = createStatements(tables);
  const byIdIntending = intending(statements.byIds, 3);

  async function read(statement: string, values: unknown[], on: pg.Pool | pg.PoolClient = pool) {
    return (await on.query<Entity & pg.QueryResultRow>(statement, values)).rows;
  }

  return {
    findByIds: (storeId: string, ids: readonly string[]): Promise<readonly Entity[]> =>
      read(statements.byIds, [storeId, ids]),

    findByUseIds: (storeId: string, ids: readonly string[]): Promise<readonly Entity[]> =>
      read(statements.byUseIds, [storeId, ids]),

    /** And with it, in one statement, stores the intents to use files; not when there is no such entity. */
    async findIntending(id: string, intents: Intents): Promise<Entity | null> {
      const values = [intents.storeId, [id], ...intentValues(intents)];
      return (await read(byIdIntending, values)).at(0) ?? null;
    },

    /** In the order of reading: backward is oldest first. */
    list(storeId: string, { direction, limit, from }: OwnerPage): Promise<readonly Entity[]> {
      const position = from ? [from.createdAt, from.id] : [];
      return read(statements.page({ direction, from }), [storeId, limit, ...position]);
    },

    async count(storeId: string): Promise<number> {
      const { rows } = await pool.query<{ count: number }>(statements.count, [storeId]);
      return rows[0]?.count ?? 0;
    },

    /**
     * Makes other uses of an entity's, alone with it: its row is locked before they are read, so `decide`
     * sees what everybody before it has done. It may run more than once. Null when there is no such entity.
     * @throws ClaimExpiredError
     */
    change: <Answer>(
      { storeId, id, claimed = [] }: OwnerKey,
      decide: (entity: Entity) => Decision<Entity, Answer>,
    ): Promise<Decision<Entity, Answer> | null> =>
      inTransaction(pool, async (client) => {
        const claimedIds = claimed.map(({ usageId }) => usageId);
        if (claimedIds.length > 0) await takeIntents(client, claimedIds);
        // Not one statement with the reading: that would still see what was there before the lock was granted.
        await client.query(statements.lock, [storeId, id]);
        const [before] = await read(statements.byIds, [storeId, [id]], client);
        if (!before) {
          await releaseUnwritten(client, storeId, claimed);
          return null;
        }
        const decision = decide(before);
        await save(client, before, decision.entity.uses);
        const written = new Set(decision.entity.uses.map((use) => use.id));
        const unwritten = claimed.filter(({ usageId }) => !written.has(usageId));
        await releaseUnwritten(client, storeId, unwritten);
        return decision;
      }),
  };

  /** Of those that go, the table's trigger tells the CMS. */
  async function save(client: pg.PoolClient, { id, storeId, uses }: Entity, after: readonly Use[]) {
    const former = new Map(uses.map((use) => [use.id, use]));
    const stays = new Set(after.map((use) => use.id));
    const gone = uses.filter((use) => !stays.has(use.id)).map((use) => use.id);
    const changed = after.filter((use) => former.has(use.id) && former.get(use.id) !== use);
    const added = after.filter((use) => !former.has(use.id));
    const write = async (statement: string, some: readonly Use[]) => {
      if (some.length > 0) await client.query(statement, [storeId, id, JSON.stringify(some)]);
    };
    if (gone.length > 0) await client.query(statements.remove, [storeId, id, gone]);
    await write(
      statements.update,
      changed.filter((use) => !isWrittenLast(use)),
    );
    await write(
      statements.update,
      changed.filter((use) => isWrittenLast(use)),
    );
    await write(statements.insert, added);
  }
}
export type OwnerRepository<Use extends Association, Entity extends Owner<Use>> = ReturnType<
  typeof createOwnerRepository<Use, Entity>
>;

/** Ends every use of files that are gone for good; those behind them close up. */
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
