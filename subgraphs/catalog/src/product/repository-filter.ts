import type { KeysetPosition } from '@federated-media/subgraph-kit/keyset-cursor';
import type { PageRequest } from '@federated-media/subgraph-kit/pagination';

export interface ProductFilter {
  /** Part of name or SKU, taken literally. */
  readonly search?: string | undefined;
  /** One whose file is in the trash is missing. */
  readonly missingMainImage?: boolean | undefined;
  readonly usesMediaId?: string | undefined;
}

export interface ProductPage extends Pick<PageRequest, 'direction'> {
  readonly limit: number;
  /** Where it begins: behind this product, in the direction of reading. */
  readonly from: KeysetPosition | null;
}

/** LIKE's own characters, and the one that takes their meaning away. */
const escapeLike = (text: string): string => text.replaceAll(/[\\%_]/g, String.raw`\$&`);

/** The condition on `products` that finds those of a store that `filter` names, and the values it needs. */
export function matching(
  storeId: string,
  { search, missingMainImage, usesMediaId }: ProductFilter,
) {
  const values: unknown[] = [storeId];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions = ['store_id = $1'];

  if (search !== undefined) {
    const pattern = bind(`%${escapeLike(search)}%`);
    conditions.push(`(name ILIKE ${pattern} OR sku ILIKE ${pattern})`);
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
  return { conditions, values, bind };
}

/** The same, for one page: products are keyed by when they were made, so a page costs the same at any depth. */
export function matchingPage(
  storeId: string,
  filter: ProductFilter,
  { direction, from }: ProductPage,
) {
  const { conditions, values, bind } = matching(storeId, filter);
  if (from) {
    const beyond = direction === 'forward' ? '<' : '>';
    conditions.push(`(created_at, id) ${beyond} (${bind(from.createdAt)}, ${bind(from.id)})`);
  }
  return { conditions, values, bind };
}
