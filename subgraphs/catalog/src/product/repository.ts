import {
  type Intents,
  type NewUse,
  intentValues,
  intending,
  releaseUnwritten,
  takeIntents,
} from '@federated-media/media-consumer/intents';
import type { ConsumerParts } from '@federated-media/media-consumer/subgraph';
import { inTransaction } from '@federated-media/subgraph-kit/transaction';
import { Prisma, type PrismaClient } from '../generated/prisma/client.ts';
import { addUses, saveUses } from '../product-media/repository.ts';
import { saveVariants } from '../product-variant/repository.ts';
import { type Decision, type Product, type ProductFields, SkuTakenError } from './product.ts';
import {
  type ProductFilter,
  type ProductPage,
  matching,
  matchingPage,
} from './repository-filter.ts';
import { type ProductRow, selectProducts, toProduct } from './repository-rows.ts';

const BY_ID = selectProducts('store_id = $1 AND id = ANY($2::uuid[])');
const BY_SKU = selectProducts('store_id = $1 AND sku = $2');
const BY_VARIANT = selectProducts(`store_id = $1 AND id IN (
  SELECT product_id FROM product_variants WHERE store_id = $1 AND id = ANY($2::uuid[]))`);
const BY_USE = selectProducts(`store_id = $1 AND id IN (
  SELECT product_id FROM product_media WHERE store_id = $1 AND id = ANY($2::uuid[]))`);
const BY_ID_INTENDING = intending(BY_ID, 3);
/** Whoever has read the product without a lock sees that it has moved on. */
const LOCK = `
  UPDATE products SET uses_revision = uses_revision + 1 WHERE store_id = $1 AND id = $2`;

export interface NewProduct extends ProductFields {
  readonly id: string;
  readonly storeId: string;
}

export interface ProductChange {
  readonly id: string;
  readonly storeId: string;
  /** Only if it is still this version. */
  readonly version: number | undefined;
  readonly fields: Partial<ProductFields>;
}

interface ProductKey {
  readonly storeId: string;
  readonly id: string;
  readonly claimed?: readonly NewUse[];
}

/** Products with their variants and uses. Every method sees one store only; ids must be UUIDs in lower case. */
export function createProductRepository({
  pool,
  client,
}: Pick<ConsumerParts<PrismaClient>, 'pool' | 'client'>) {
  const read = async (statement: string, values: unknown[]): Promise<Product[]> =>
    (await pool.query<ProductRow>(statement, values)).rows.map(toProduct);

  return {
    findByIds: (storeId: string, ids: readonly string[]) => read(BY_ID, [storeId, ids]),
    findByVariantIds: (storeId: string, ids: readonly string[]) => read(BY_VARIANT, [storeId, ids]),
    findByUseIds: (storeId: string, ids: readonly string[]) => read(BY_USE, [storeId, ids]),

    /** And with it, in one statement, stores the intents to use files; not when there is no such product. */
    async findIntending(id: string, intents: Intents): Promise<Product | null> {
      const values = [intents.storeId, [id], ...intentValues(intents)];
      return (await read(BY_ID_INTENDING, values)).at(0) ?? null;
    },

    async findBySku(storeId: string, sku: string): Promise<Product | null> {
      return (await read(BY_SKU, [storeId, sku])).at(0) ?? null;
    },

    /** In the order of reading: backward is oldest first. */
    list(storeId: string, filter: ProductFilter, page: ProductPage): Promise<Product[]> {
      const { conditions, values, bind } = matchingPage(storeId, filter, page);
      const limit = bind(page.limit);
      const statement = selectProducts(conditions.join(' AND '), {
        direction: page.direction,
        limit,
      });
      return read(statement, values);
    },

    async count(storeId: string, filter: ProductFilter): Promise<number> {
      const { conditions, values } = matching(storeId, filter);
      const statement = `SELECT count(*)::int AS count FROM products WHERE ${conditions.join(' AND ')}`;
      const { rows } = await pool.query<{ count: number }>(statement, values);
      return rows[0]?.count ?? 0;
    },

    /** @throws SkuTakenError */
    async insert(product: NewProduct): Promise<Product> {
      const row = await orSkuTaken(client.product.create({ data: { ...product } }));
      return { ...row, variants: [], uses: [] };
    },

    /** False when there is no such product, or no longer in this version. @throws SkuTakenError */
    async update({ id, storeId, version, fields }: ProductChange): Promise<boolean> {
      const { count } = await orSkuTaken(
        client.product.updateMany({
          where: { id, storeId, ...(version !== undefined && { version }) },
          data: { ...fields, version: { increment: 1 } },
        }),
      );
      return count > 0;
    },

    /** With variants and uses. False when there is no such product. */
    async delete(storeId: string, id: string): Promise<boolean> {
      return (await client.product.deleteMany({ where: { id, storeId } })).count > 0;
    },

    /**
     * Adds the uses that `after` has besides, without a lock. Null when the product has moved on since
     * `before` was read. @throws ClaimExpiredError
     */
    async addUses(before: Product, after: Product): Promise<Product | null> {
      const isAdded = await addUses(pool, before, after);
      return isAdded ? { ...after, usesRevision: before.usesRevision + 1 } : null;
    },

    /**
     * Makes another of a product's variants and uses, alone with it: the row is locked before they are
     * read, so `decide` sees what everybody before it has done. It may run more than once. Of uses
     * `claimed` for it, those it does not write are released. Null when there is no such product.
     * @throws SkuTakenError
     * @throws ClaimExpiredError
     */
    change: <Answer>(
      { storeId, id, claimed = [] }: ProductKey,
      decide: (product: Product) => Decision<Answer>,
    ): Promise<Decision<Answer> | null> =>
      inTransaction(
        pool,
        async (client) => {
          if (claimed.length > 0)
            await takeIntents(
              client,
              claimed.map(({ usageId }) => usageId),
            );
          // Not one statement with the reading: that would still see what was there before the lock was granted.
          await client.query(LOCK, [storeId, id]);
          const { rows } = await client.query<ProductRow>(BY_ID, [storeId, [id]]);
          const [before] = rows.map(toProduct);
          if (!before) {
            await releaseUnwritten(client, storeId, claimed);
            return null;
          }
          const decision = decide(before);
          await saveVariants(client, before, decision.product);
          await saveUses(client, before, decision.product);
          await releaseUnwritten(client, storeId, unwritten(claimed, decision.product));
          return decision;
        },
        { retryTaken: true },
      ),
  };
}
export type ProductRepository = ReturnType<typeof createProductRepository>;

function unwritten(claimed: readonly NewUse[], { uses }: Product): NewUse[] {
  const written = new Set(uses.map(({ id }) => id));
  return claimed.filter(({ usageId }) => !written.has(usageId));
}

async function orSkuTaken<Result>(statement: Promise<Result>): Promise<Result> {
  try {
    return await statement;
  } catch (cause) {
    const isTaken = cause instanceof Prisma.PrismaClientKnownRequestError && cause.code === 'P2002';
    throw isTaken ? new SkuTakenError({ cause }) : cause;
  }
}
