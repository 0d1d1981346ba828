import type { OwnerFilter } from '@federated-media/media-consumer/associations/statements';
import { searchFormSql } from '@federated-media/subgraph-kit/normal-form-sql';

export interface ProductFilter {
  /** Part of name or SKU, taken literally. */
  readonly search?: string | undefined;
  /** A main image whose file is in the trash counts as missing. */
  readonly missingMainImage?: boolean | undefined;
  readonly usesMediaId?: string | undefined;
}

export function matching({ search, missingMainImage, usesMediaId }: ProductFilter): OwnerFilter {
  const values: unknown[] = [];
  /** Parameter 1 is the store. */
  const bind = (value: unknown): string => `$${values.push(value) + 1}`;
  const conditions: string[] = [];

  if (search !== undefined) {
    const part = searchFormSql(`${bind(search)}::text`);
    const hasPart = (column: string) => `strpos(${searchFormSql(column)}, ${part}) > 0`;
    conditions.push(`(${hasPart('name')} OR ${hasPart('sku')})`);
  }
  if (missingMainImage) {
    conditions.push(`NOT EXISTS (
      SELECT FROM product_media m
      LEFT JOIN media_states s ON s.store_id = m.store_id AND s.media_id = m.media_id
      WHERE m.product_id = products.id AND m.usage_type = 'MAIN_IMAGE' AND coalesce(s.state, 'ACTIVE') = 'ACTIVE')`);
  }
  if (usesMediaId !== undefined) {
    conditions.push(`id IN (
      SELECT product_id FROM product_media WHERE store_id = $1 AND media_id = ${bind(usesMediaId)})`);
  }
  return { conditions, values };
}
