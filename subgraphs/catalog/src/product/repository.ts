import { inTransaction } from '@federated-media/subgraph-kit/transaction';
import type { Database } from '../database.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { saveUses } from '../product-media/repository.ts';
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
const LOCK = 'SELECT FROM products WHERE store_id = $1 AND id = $2 FOR UPDATE';

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

/** Products with their variants and uses. Every method sees one store only; ids must be UUIDs in lower case. */
export function createProductRepository({ pool, prisma }: Pick<Database, 'pool' | 'prisma'>) {
  const read = async (statement: string, values: unknown[]): Promise<Product[]> =>
    (await pool.query<ProductRow>(statement, values)).rows.map(toProduct);

  return {
    findByIds: (storeId: string, ids: readonly string[]) => read(BY_ID, [storeId, ids]),
    findByVariantIds: (storeId: string, ids: readonly string[]) => read(BY_VARIANT, [storeId, ids]),
    findByUseIds: (storeId: string, ids: readonly string[]) => read(BY_USE, [storeId, ids]),

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
      const row = await orSkuTaken(prisma.product.create({ data: { ...product } }));
      return { ...row, variants: [], uses: [] };
    },

    /** False when there is no such product, or no longer in this version. @throws SkuTakenError */
    async update({ id, storeId, version, fields }: ProductChange): Promise<boolean> {
      const { count } = await orSkuTaken(
        prisma.product.updateMany({
          where: { id, storeId, ...(version !== undefined && { version }) },
          data: { ...fields, version: { increment: 1 } },
        }),
      );
      return count > 0;
    },

    /** With variants and uses. False when there is no such product. */
    async delete(storeId: string, id: string): Promise<boolean> {
      return (await prisma.product.deleteMany({ where: { id, storeId } })).count > 0;
    },

    /**
     * Makes another of a product's variants and uses, alone with it: the row is locked before they are
     * read, so `decide` sees what everybody before it has done. It may run more than once.
     * Null when there is no such product. @throws SkuTakenError
     */
    change: <Answer>(
      { storeId, id }: { storeId: string; id: string },
      decide: (product: Product) => Decision<Answer>,
    ): Promise<Decision<Answer> | null> =>
      inTransaction(
        pool,
        async (client) => {
          // Not one statement with the reading: that would still see what was there before the lock was granted.
          const { rowCount } = await client.query(LOCK, [storeId, id]);
          if (rowCount === 0) return null;
          const { rows } = await client.query<ProductRow>(BY_ID, [storeId, [id]]);
          const [before] = rows.map(toProduct);
          if (!before) return null;

          const decision = decide(before);
          await saveVariants(client, before, decision.product);
          await saveUses(client, before, decision.product);
          return decision;
        },
        { retryTaken: true },
      ),
  };
}
export type ProductRepository = ReturnType<typeof createProductRepository>;

async function orSkuTaken<Result>(statement: Promise<Result>): Promise<Result> {
  try {
    return await statement;
  } catch (cause) {
    const isTaken = cause instanceof Prisma.PrismaClientKnownRequestError && cause.code === 'P2002';
    throw isTaken ? new SkuTakenError({ cause }) : cause;
  }
}
