import type { ProductImageFragment, ProductImagesFragment } from '../generated/graphql.ts';

/** What is shown at once, before the graph has stored it. */
export type Change =
  | { readonly kind: 'move'; readonly id: string; readonly to: number }
  | { readonly kind: 'makeMain'; readonly id: string }
  | { readonly kind: 'remove'; readonly id: string };

/** The images of a product after a change, as the catalog changes them. */
export function changed(product: ProductImagesFragment, change: Change): ProductImagesFragment {
  const { mainImage, details } = product;
  const image = details.find(({ id }) => id === change.id);
  const others = details.filter((one) => one !== image);
  switch (change.kind) {
    case 'move':
      if (!image) return product;
      return { ...product, details: withOrder(others.toSpliced(change.to, 0, image), details) };
    case 'makeMain':
      if (!image) return product;
      return { ...product, mainImage: image, details: mainImage ? [mainImage, ...others] : others };
    default:
      return {
        ...product,
        mainImage: mainImage?.id === change.id ? null : mainImage,
        details: others,
      };
  }
}

/** The same positions in another order. There are gaps where files are in the trash. */
const withOrder = (
  images: readonly ProductImageFragment[],
  before: readonly ProductImageFragment[],
): ProductImageFragment[] =>
  images.map((image, index) => ({
    ...image,
    displayOrder: before[index]?.displayOrder ?? image.displayOrder,
  }));
