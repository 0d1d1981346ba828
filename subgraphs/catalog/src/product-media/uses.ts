import { orderByRole } from '@federated-media/media-consumer/associations/order';
import type { ProductMediaUsageType } from '../generated/graphql.ts';
import type { ProductMedia, Uses } from './product-media.ts';

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
export const withUsageType = (use: ProductMedia, usageType: ProductMediaUsageType): ProductMedia =>
  use.usageType === usageType ? use : { ...use, usageType, claimVersion: use.claimVersion + 1 };

/**
 * With `use` as the main image. Other usages of its file as main image or in the gallery are removed, so that
 * it is not shown twice. The former main image becomes the first of the gallery, unless it is already in it.
 */
export function placeAsMain(uses: Uses, use: ProductMedia): Uses {
  const main: ProductMedia = { ...withUsageType(use, 'MAIN_IMAGE'), variantId: null };
  const former = uses.find(({ id, usageType }) => usageType === 'MAIN_IMAGE' && id !== use.id);
  const rest = without(
    uses,
    ({ id, usageType, mediaId }) =>
      id === use.id || id === former?.id || (usageType === 'GALLERY' && mediaId === use.mediaId),
  );
  const placed = place(rest, main);
  if (
    !former ||
    former.mediaId === use.mediaId ||
    findUse(rest, { ...former, usageType: 'GALLERY' })
  ) {
    return placed;
  }
  return place(placed, withUsageType(former, 'GALLERY'), 0);
}

/** With the usage of this id at `position` of its type; unchanged when it does not exist. */
export function move(uses: Uses, { id, position }: { id: string; position: number }): Uses {
  const use = uses.find((candidate) => candidate.id === id);
  return use ? place(uses, use, position) : uses;
}

/** What identifies a usage within a product: the database has each combination once. */
export type UseKey = Pick<ProductMedia, 'mediaId' | 'usageType' | 'variantId'>;

export const isSameUse = (one: UseKey, other: UseKey): boolean =>
  one.mediaId === other.mediaId &&
  one.usageType === other.usageType &&
  one.variantId === other.variantId;

export const findUse = (uses: Uses, key: UseKey): ProductMedia | undefined =>
  uses.find((use) => isSameUse(use, key));
