import { createOwnerRepository } from '@federated-media/media-consumer/associations/repository';
import type { Reading } from '@federated-media/media-consumer/associations/statements';
import type { ConsumerParts } from '@federated-media/media-consumer/subgraph';
import { orValueInUse } from '@federated-media/media-consumer/value-in-use';
import type { PrismaClient } from '../generated/prisma/client.ts';
import type { ProductMedia } from '../product-media/product-media.ts';
import { saveVariants } from '../product-variant/repository.ts';
import type { WantedSku } from './fields.ts';
import type { Product, ProductFields } from './product.ts';

const VARIANTS = `(
    SELECT coalesce(json_agg(v ORDER BY v."createdAt", v.id), '[]')
    FROM (
      SELECT id, sku, name, created_at AS "createdAt" FROM product_variants WHERE product_id = o.id
    ) v
  )`;
/** SKUs are stored in their normal form, unless two that existed before would have become one. */
const BY_EITHER_SKU = `(sku = $3 OR sku = $2 AND NOT EXISTS (
  SELECT FROM products other WHERE other.store_id = $1 AND other.sku = $3))`;
const OF_VARIANTS = `id IN (
  SELECT product_id FROM product_variants WHERE store_id = $1 AND id = ANY($2::uuid[]))`;

export const tables = {
  owners: 'products',
  columns: ['sku', 'name', 'description', 'version'],
  computed: [{ property: 'variants', sql: VARIANTS }],
  associations: 'product_media',
  ownerId: 'product_id',
  usageColumns: [
    { property: 'usageType', column: 'usage_type', type: 'product_media_usage_type' },
    { property: 'variantId', column: 'variant_id', type: 'uuid' },
    { property: 'altText', column: 'alt_text', type: 'text' },
    { property: 'createdAt', column: 'created_at', type: 'timestamptz' },
  ],
  label: 'name',
  role: 'usage_type',
  sorted: 'usage_type, display_order',
  numberedWithin: 'usage_type',
} as const;

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

/** Products with their variants and usages of files. `change` @throws ValueInUseError. */
export function createProductRepository({
  pool,
  client,
}: Pick<ConsumerParts<PrismaClient>, 'pool' | 'client'>) {
  const owners = createOwnerRepository<ProductMedia, Product>({
    pool,
    tables,
    isWrittenLast: ({ usageType }) => usageType === 'MAIN_IMAGE',
    readDates: (product, reading) => ({
      ...product,
      ...(reads(reading?.owner, 'variants') && { variants: product.variants.map(withDate) }),
      ...(reads(reading?.usages, 'createdAt') && { usages: product.usages.map(withDate) }),
    }),
    saveDetails: saveVariants,
  });

  return {
    ...owners,

    findByVariantIds: (
      storeId: string,
      ids: readonly string[],
      reading?: Reading,
    ): Promise<readonly Product[]> =>
      owners.findWhere(storeId, { conditions: [OF_VARIANTS], values: [ids] }, reading),

    async findBySku(
      storeId: string,
      { given, normal }: WantedSku,
      reading?: Reading,
    ): Promise<Product | null> {
      const filter =
        given === normal
          ? { conditions: ['sku = $2'], values: [normal] }
          : { conditions: [BY_EITHER_SKU], values: [normal, given] };
      return (await owners.findWhere(storeId, filter, reading)).at(0) ?? null;
    },

    /** @throws ValueInUseError */
    async insert(product: NewProduct): Promise<Product> {
      const row = await orValueInUse(client.product.create({ data: { ...product } }));
      return { ...row, variants: [], usages: [] };
    },

    /** False when there is no such product, or no longer in this version. @throws ValueInUseError */
    async update({ id, storeId, version, fields }: ProductChange): Promise<boolean> {
      const { count } = await orValueInUse(
        client.product.updateMany({
          where: { id, storeId, ...(version !== undefined && { version }) },
          data: { ...fields, version: { increment: 1 } },
        }),
      );
      return count > 0;
    },

    /** With variants and usages. False when there is no such product. */
    async delete(storeId: string, id: string): Promise<boolean> {
      return (await client.product.deleteMany({ where: { id, storeId } })).count > 0;
    },
  };
}
export type ProductRepository = ReturnType<typeof createProductRepository>;

const reads = (properties: ReadonlySet<string> | null | undefined, name: string): boolean =>
  properties === undefined || properties?.has(name) === true;

const withDate = <Row extends { readonly createdAt: Date }>(row: Row): Row => ({
  ...row,
  createdAt: new Date(row.createdAt),
});
