import type { Finding } from '@federated-media/media-consumer/claims';
import type { UsableFile } from '@federated-media/media-consumer/cms-client';
import { invalid, mediaProblem } from '@federated-media/media-consumer/user-error';
import { textProblem } from '@federated-media/subgraph-kit/text';
import { userError } from '@federated-media/subgraph-kit/user-error';
import type { ProductMediaUsageType, ProductUserError } from '../generated/graphql.ts';
import type { Product } from '../product/product.ts';

const MAX_ALT_TEXT = 500;

type MediaType = UsableFile['mediaType'];

interface UsageRule {
  readonly mediaTypes: readonly MediaType[];
  readonly variant: 'required' | 'optional' | 'none';
}

const RULES = {
  MAIN_IMAGE: { mediaTypes: ['IMAGE'], variant: 'none' },
  GALLERY: { mediaTypes: ['IMAGE', 'VIDEO'], variant: 'none' },
  VARIANT: { mediaTypes: ['IMAGE', 'VIDEO'], variant: 'required' },
  THUMBNAIL: { mediaTypes: ['IMAGE'], variant: 'none' },
  SWATCH: { mediaTypes: ['IMAGE'], variant: 'optional' },
} as const satisfies Record<ProductMediaUsageType, UsageRule>;

/** What is wrong with the variant of a usage, or with its absence. `path` is the path of the input. */
export function variantProblem(
  product: Product,
  { usageType, variantId }: { usageType: ProductMediaUsageType; variantId: string | null },
  path: readonly string[],
): ProductUserError | null {
  const field = [...path, 'variantId'];
  const rule: UsageRule = RULES[usageType];
  if (variantId === null) {
    return rule.variant === 'required'
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

/** Whether the usage type allows files of this type. */
export function allowsMediaType(usageType: ProductMediaUsageType, mediaType: MediaType): boolean {
  const rule: UsageRule = RULES[usageType];
  return rule.mediaTypes.includes(mediaType);
}

/** What is wrong with a file according to the CMS and to its usage type; null when it can be used. */
export function findingProblem(
  finding: Finding | undefined,
  { usageType, field }: { usageType: ProductMediaUsageType; field: readonly string[] },
): ProductUserError | null {
  if (finding?.status !== 'UNSUITABLE') return mediaProblem(finding, field);
  const message = `A file of type ${finding.file.mediaType} cannot be attached as ${usageType}.`;
  return userError('MEDIA_TYPE_NOT_ALLOWED', message, field);
}

export const altTextProblem = (altText: string | null | undefined, path: readonly string[]) =>
  invalid(textProblem(altText ?? '', MAX_ALT_TEXT), [...path, 'altText']);
