import type { Decision } from '@federated-media/media-consumer/associations/association';
import { notFound, positionProblem } from '@federated-media/media-consumer/user-error';
import { readId } from '@federated-media/subgraph-kit/ids';
import { normalText } from '@federated-media/subgraph-kit/normal-form';
import { userError } from '@federated-media/subgraph-kit/user-error';
import type {
  ProductMediaUsageType,
  ProductUserError,
  ReorderProductMediaInput,
  UpdateProductMediaInput,
} from '../generated/graphql.ts';
import type { Product } from '../product/product.ts';
import { readVariantId } from './attaching.ts';
import type { ProductMedia } from './product-media.ts';
import { altTextProblem, variantProblem } from './rules.ts';
import { withUsageType, isSameUsage, move, ofType, place, placeAsMain, without } from './usages.ts';

const MAX_MOVES = 1_000;

/** The changed product; or the unchanged one and the reason. */
type Change = Decision<Product, ProductUserError | null>;

/** What is wrong with a change of `usage`, apart from the rules that depend on its file. */
export function changeProblem(
  product: Product,
  usage: ProductMedia,
  input: UpdateProductMediaInput,
): ProductUserError | null {
  if (input.usageType === null) {
    return userError('INVALID', 'The usage type cannot be cleared.', ['input', 'usageType']);
  }
  return (
    variantProblem(product, changed(usage, input), ['input']) ??
    altTextProblem(input.altText, ['input'])
  );
}

/** `product` with one changed usage. */
export function changeUsage(product: Product, id: string, input: UpdateProductMediaInput): Change {
  const rejected = (answer: ProductUserError): Change => ({ entity: product, answer });
  const usage = product.usages.find((candidate) => candidate.id === id);
  if (!usage) return rejected(notFound('association', ['input', 'id']));
  const problem = changeProblem(product, usage, input);
  if (problem) return rejected(problem);

  const next = changed(usage, input);
  if (product.usages.some((other) => other.id !== id && isSameUsage(other, next))) {
    const field = next.usageType === usage.usageType ? 'variantId' : 'usageType';
    const message = `The file is already attached to this product as ${next.usageType}.`;
    return rejected(userError('ALREADY_ATTACHED', message, ['input', field]));
  }
  return { entity: { ...product, usages: usagesWith(product, usage, next) }, answer: null };
}

function usagesWith({ usages }: Product, usage: ProductMedia, next: ProductMedia) {
  if (next.usageType === usage.usageType) return place(usages, next, usage.displayOrder);
  return next.usageType === 'MAIN_IMAGE' ? placeAsMain(usages, next) : place(usages, next);
}

const changed = (usage: ProductMedia, input: UpdateProductMediaInput): ProductMedia => ({
  ...withUsageType(usage, input.usageType ?? usage.usageType),
  variantId: input.variantId === undefined ? usage.variantId : readVariantId(input.variantId),
  altText: input.altText === undefined ? usage.altText : normalText(input.altText),
});

/** `product` without its usages of a file, all or those of one type; the answer is their ids. */
export function detach(
  product: Product,
  unwanted: { mediaId: string | null; usageType: ProductMediaUsageType | null },
): Decision<Product, string[]> {
  const isUnwanted = ({ mediaId, usageType }: ProductMedia) =>
    mediaId === unwanted.mediaId && (unwanted.usageType ?? usageType) === usageType;
  return {
    entity: { ...product, usages: without(product.usages, isUnwanted) },
    answer: product.usages.filter(isUnwanted).map(({ id }) => id),
  };
}

/** `product` with its usages of one type in another order; unchanged when one of the moves is invalid. */
export function reorder(
  product: Product,
  { usageType = 'GALLERY', moves }: ReorderProductMediaInput,
): Change {
  if (moves.length > MAX_MOVES) {
    const message = `Too many moves. The maximum is ${MAX_MOVES}.`;
    return { entity: product, answer: userError('INVALID', message, ['input', 'moves']) };
  }
  const movable = new Set(ofType(product.usages, usageType).map(({ id }) => id));
  let { usages } = product;
  for (const [index, { id: givenId, newPosition }] of moves.entries()) {
    const path = ['input', 'moves', String(index)];
    const id = readId(givenId);
    if (id === null || !movable.has(id))
      return { entity: product, answer: notFound('association', [...path, 'id']) };
    const problem = positionProblem(newPosition, [...path, 'newPosition']);
    if (problem) return { entity: product, answer: problem };
    usages = move(usages, { id, position: newPosition });
  }
  return { entity: { ...product, usages }, answer: null };
}
