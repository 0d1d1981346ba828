import type { ProductMedia } from '../product-media/product-media.ts';
import type { ProductVariant } from '../product-variant/product-variant.ts';
import type { Product } from './product.ts';

/** JSON has no dates. */
type Json<Row> = {
  readonly [Column in keyof Row]: Row[Column] extends Date ? string : Row[Column];
};

export interface ProductRow extends Omit<Product, 'variants' | 'uses'> {
  readonly variants: readonly Json<ProductVariant>[];
  readonly uses: readonly Json<ProductMedia>[];
}

const ORDER = {
  forward: 'created_at DESC, id DESC',
  backward: 'created_at ASC, id ASC',
} as const;
export type Direction = keyof typeof ORDER;

/**
 * Products with all that is part of them, in one statement: the rows of `products` that `condition` names,
 * newest first or, read backward, oldest first. LATERAL, because it reads variants and uses of these only.
 */
export const selectProducts = (
  condition: string,
  { direction = 'forward', limit = 'ALL' }: { direction?: Direction; limit?: string } = {},
): string => `
  SELECT p.id, p.store_id AS "storeId", p.sku, p.name, p.description, p.version, p.uses_revision AS "usesRevision",
    p.created_at AS "createdAt", p.updated_at AS "updatedAt", variants.list AS variants, uses.list AS uses
  FROM (
    SELECT * FROM products WHERE ${condition} ORDER BY ${ORDER[direction]} LIMIT ${limit}
  ) p
  CROSS JOIN LATERAL (
    SELECT coalesce(json_agg(v ORDER BY v."createdAt", v.id), '[]') AS list
    FROM (
      SELECT id, sku, name, created_at AS "createdAt" FROM product_variants WHERE product_id = p.id
    ) v
  ) variants
  CROSS JOIN LATERAL (
    SELECT coalesce(json_agg(u ORDER BY u."usageType", u."displayOrder"), '[]') AS list
    FROM (
      SELECT m.id, m.media_id AS "mediaId", m.usage_type AS "usageType", m.display_order AS "displayOrder",
        m.variant_id AS "variantId", m.alt_text AS "altText", m.created_at AS "createdAt",
        m.claim_version AS "claimVersion", coalesce(s.state <> 'ACTIVE', false) AS "isHidden"
      FROM product_media m
      LEFT JOIN media_states s ON s.store_id = m.store_id AND s.media_id = m.media_id
      WHERE m.product_id = p.id
    ) u
  ) uses
  ORDER BY ${ORDER[direction]}`;

export const toProduct = (row: ProductRow): Product => ({
  ...row,
  variants: row.variants.map(withDate),
  uses: row.uses.map(withDate),
});

const withDate = <Row extends { readonly createdAt: string }>(row: Row) => ({
  ...row,
  createdAt: new Date(row.createdAt),
});
