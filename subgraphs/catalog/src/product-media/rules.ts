import type { Finding } from '@federated-media/media-consumer/claims';
import type { UsableFile } from '@federated-media/media-consumer/cms-client';
import { mediaProblem } from '@federated-media/media-consumer/user-error';
import { textProblem } from '@federated-media/subgraph-kit/text';
import { userError } from '@federated-media/subgraph-kit/user-error';
import type { ProductMediaUsageType, ProductUserError } from '../generated/graphql.ts';
import type { Product } from '../product/product.ts';

const MAX_ALT_TEXT = 500;

type MediaType = UsableFile['mediaType'];

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
      ? userError('INVALID', `${usageType} requires a variant.`, field)
      : null;
  }
  if (rule.variant === 'none') {
    return userError(
      'INVALID',
      `${usageType} applies to the whole product. Omit the variant.`,
      field,
    );
  }
  return product.variants.some(({ id }) => id === variantId)
    ? null
    : userError('NOT_FOUND', 'The product has no such variant.', field);
}

/** Whether a file of this type may be used so. */
export function takes(usageType: ProductMediaUsageType, mediaType: MediaType): boolean {
  const rule: UsageRule = RULES[usageType];
  return rule.mediaTypes.includes(mediaType);
}

/** What is wrong with using a file, as far as the CMS knows it; null when nothing is. */
export function findingProblem(
  finding: Finding | undefined,
  { usageType, field }: { usageType: ProductMediaUsageType; field: readonly string[] },
): ProductUserError | null {
  if (finding?.status !== 'UNSUITABLE') return mediaProblem(finding, field);
  const message = `A file of type ${finding.file.mediaType} cannot be attached as ${usageType}.`;
  return userError('MEDIA_TYPE_NOT_ALLOWED', message, field);
}

export function altTextProblem(
  altText: string | null | undefined,
  path: readonly string[],
): ProductUserError | null {
  const problem = textProblem(altText ?? '', MAX_ALT_TEXT);
  return problem === null ? null : userError('INVALID', problem, [...path, 'altText']);
}
