import { shown } from '@federated-media/media-consumer/associations/association';
import { orderByRole } from '@federated-media/media-consumer/associations/order';
import type { ProductMediaUsageType } from '../generated/graphql.ts';
import type { ProductMediaParent } from '../mappers.ts';
import type { Product } from '../product/product.ts';
import type { ProductMedia, Usages } from './product-media.ts';

/** The order in which a product's usages are shown. */
export const USAGE_TYPES = [
  'MAIN_IMAGE',
  'GALLERY',
  'VARIANT',
  'THUMBNAIL',
  'SWATCH',
] as const satisfies readonly ProductMediaUsageType[];

export const {
  ofRole: ofType,
  place,
  without,
} = orderByRole<ProductMedia, ProductMediaUsageType>(USAGE_TYPES, ({ usageType }) => usageType);

/** The usage with this type. A new type has a new claim version: the CMS is notified of it. */
export const withUsageType = (
  usage: ProductMedia,
  usageType: ProductMediaUsageType,
): ProductMedia =>
  usage.usageType === usageType
    ? usage
    : { ...usage, usageType, claimVersion: usage.claimVersion + 1 };

/**
 * With `usage` as the main image. Other usages of its file as main image or in the gallery are removed, so that
 * it is not shown twice. The former main image becomes the first of the gallery, unless it is already in it.
 */
export function placeAsMain(usages: Usages, usage: ProductMedia): Usages {
  const main: ProductMedia = { ...withUsageType(usage, 'MAIN_IMAGE'), variantId: null };
  const former = usages.find(({ id, usageType }) => usageType === 'MAIN_IMAGE' && id !== usage.id);
  const rest = without(
    usages,
    ({ id, usageType, mediaId }) =>
      id === usage.id ||
      id === former?.id ||
      (usageType === 'GALLERY' && mediaId === usage.mediaId),
  );
  const placed = place(rest, main);
  if (
    !former ||
    former.mediaId === usage.mediaId ||
    findUsage(rest, { ...former, usageType: 'GALLERY' })
  ) {
    return placed;
  }
  return place(placed, withUsageType(former, 'GALLERY'), 0);
}

/** With the usage of this id at `position` of its type; unchanged when it does not exist. */
export function move(usages: Usages, { id, position }: { id: string; position: number }): Usages {
  const usage = usages.find((candidate) => candidate.id === id);
  return usage ? place(usages, usage, position) : usages;
}

/** What identifies a usage within a product: the database has each combination once. */
export type UsageKey = Pick<ProductMedia, 'mediaId' | 'usageType' | 'variantId'>;

export const isSameUsage = (one: UsageKey, other: UsageKey): boolean =>
  one.mediaId === other.mediaId &&
  one.usageType === other.usageType &&
  one.variantId === other.variantId;

export const findUsage = (usages: Usages, key: UsageKey): ProductMedia | undefined =>
  usages.find((usage) => isSameUsage(usage, key));

/** A product's usages as readers see them: without those whose file is in the trash. */
export const shownUsages = (product: Product): ProductMediaParent[] =>
  shown(product.usages).map((usage) => ({ ...usage, product }));
