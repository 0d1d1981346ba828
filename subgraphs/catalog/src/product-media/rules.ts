import type { ProductMediaUsageType, ProductUserError } from '../generated/graphql.ts';
import type { FoundMedia, MediaType } from '../media-directory.ts';
import type { Product } from '../product/product.ts';
import { textProblem } from '@federated-media/subgraph-kit/text';
import { userError } from '../user-error.ts';

const MAX_ALT_TEXT = 500;

interface UsageRule {
  readonly mediaTypes: readonly MediaType[];
  readonly variant: 'needed' | 'possible' | 'none';
}

const RULES = {
  MAIN_IMAGE: { mediaTypes: ['IMAGE'], variant: 'none' },
  GALLERY: { mediaTypes: ['IMAGE', 'VIDEO'], variant: 'none' },
  VARIANT: { mediaTypes: ['IMAGE', 'VIDEO'], variant: 'needed' },
  THUMBNAIL: { mediaTypes: ['IMAGE'], variant: 'none' },
  SWATCH: { mediaTypes: ['IMAGE'], variant: 'possible' },
} as const satisfies Record<ProductMediaUsageType, UsageRule>;

/** What is wrong with using a file for this variant of `product`, or for none. `path` leads to the input. */
export function variantProblem(
  product: Product,
  { usageType, variantId }: { usageType: ProductMediaUsageType; variantId: string | null },
  path: readonly string[],
): ProductUserError | null {
  const field = [...path, 'variantId'];
  const rule: UsageRule = RULES[usageType];
  if (variantId === null) {
    return rule.variant === 'needed'
      ? userError('INVALID', `${usageType} needs a variant.`, field)
      : null;
  }
  if (rule.variant === 'none') {
    return userError(
      'INVALID',
      `${usageType} is for the product as a whole, not for a variant.`,
      field,
    );
  }
  return product.variants.some(({ id }) => id === variantId)
    ? null
    : userError('NOT_FOUND', 'The product has no such variant.', field);
}

/** What is wrong with using what the CMS knows of a file, undefined when it knows none. */
export function mediaProblem(
  media: FoundMedia | undefined,
  { usageType, field }: { usageType: ProductMediaUsageType; field: readonly string[] },
): ProductUserError | null {
  if (!media) return userError('MEDIA_NOT_FOUND', 'No such file.', field);
  if (media.status === 'UPLOADED' || media.status === 'FAILED') {
    return userError('MEDIA_NOT_READY', 'This file is not ready to be used.', field);
  }
  const rule: UsageRule = RULES[usageType];
  return rule.mediaTypes.includes(media.mediaType)
    ? null
    : userError(
        'MEDIA_TYPE_NOT_ALLOWED',
        `${usageType} takes no file of type ${media.mediaType}.`,
        field,
      );
}

export function altTextProblem(
  altText: string | null | undefined,
  path: readonly string[],
): ProductUserError | null {
  const problem = textProblem(altText ?? '', MAX_ALT_TEXT);
  return problem === null ? null : userError('INVALID', problem, [...path, 'altText']);
}
