import { orderByRole } from '@federated-media/media-consumer/associations/order';
import type { ProductMediaUsageType } from '../generated/graphql.ts';
import type { ProductMedia, Uses } from './product-media.ts';

/** In the order in which a product's uses are shown. */
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

/** Used in another way: the CMS is to be told. */
export const inRole = (use: ProductMedia, usageType: ProductMediaUsageType): ProductMedia =>
  use.usageType === usageType ? use : { ...use, usageType, claimVersion: use.claimVersion + 1 };

/**
 * With `use` as the main image. Other uses of its file as main image or in the gallery go, so that it
 * never shows twice. The former main image becomes the first of the gallery, or goes where it is there.
 */
export function placeAsMain(uses: Uses, use: ProductMedia): Uses {
  const main: ProductMedia = { ...inRole(use, 'MAIN_IMAGE'), variantId: null };
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
  return place(placed, inRole(former, 'GALLERY'), 0);
}

/** With the use of this id at `position` of its type; unchanged when there is none. */
export function move(uses: Uses, { id, position }: { id: string; position: number }): Uses {
  const use = uses.find((candidate) => candidate.id === id);
  return use ? place(uses, use, position) : uses;
}

/** What makes a use the same as another: the database has each once. */
export type UseKey = Pick<ProductMedia, 'mediaId' | 'usageType' | 'variantId'>;

export const isSameUse = (one: UseKey, other: UseKey): boolean =>
  one.mediaId === other.mediaId &&
  one.usageType === other.usageType &&
  one.variantId === other.variantId;

export const findUse = (uses: Uses, key: UseKey): ProductMedia | undefined =>
  uses.find((use) => isSameUse(use, key));
