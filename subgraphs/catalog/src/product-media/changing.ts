import { userError } from '@federated-media/subgraph-kit/user-error';
import { readId } from '@federated-media/subgraph-kit/ids';
import type {
  ProductMediaUsageType,
  ProductUserError,
  ReorderProductMediaInput,
  UpdateProductMediaInput,
} from '../generated/graphql.ts';
import type { Decision, Product } from '../product/product.ts';
import { trimText } from '@federated-media/subgraph-kit/text';
import { positionProblem, readVariantId } from './attaching.ts';
import type { ProductMedia } from './product-media.ts';
import { altTextProblem, variantProblem } from './rules.ts';
import { inRole, isSameUse, move, ofType, place, placeAsMain, without } from './uses.ts';

/** Null: nothing stands in the way. */
type Refusable = Decision<ProductUserError | null>;

export const noSuchUse = (field: readonly string[]) =>
  userError('NOT_FOUND', 'The association does not exist.', field);

/** What is wrong with a change of `use`, as far as the file itself does not matter. */
export function changeProblem(
  product: Product,
  use: ProductMedia,
  input: UpdateProductMediaInput,
): ProductUserError | null {
  if (input.usageType === null) {
    return userError('INVALID', 'The usage type cannot be cleared.', ['input', 'usageType']);
  }
  return (
    variantProblem(product, changed(use, input), ['input']) ??
    altTextProblem(input.altText, ['input'])
  );
}

/** `product` with one of its uses changed. */
export function changeUse(product: Product, id: string, input: UpdateProductMediaInput): Refusable {
  const refused = (answer: ProductUserError): Refusable => ({ product, answer });
  const use = product.uses.find((candidate) => candidate.id === id);
  if (!use) return refused(noSuchUse(['input', 'id']));
  const problem = changeProblem(product, use, input);
  if (problem) return refused(problem);

  const next = changed(use, input);
  if (product.uses.some((other) => other.id !== id && isSameUse(other, next))) {
    const field = next.usageType === use.usageType ? 'variantId' : 'usageType';
    const message = `The file is already attached to this product as ${next.usageType}.`;
    return refused(userError('ALREADY_ATTACHED', message, ['input', field]));
  }
  return { product: { ...product, uses: usesWith(product, use, next) }, answer: null };
}

function usesWith({ uses }: Product, use: ProductMedia, next: ProductMedia) {
  if (next.usageType === use.usageType) return place(uses, next, use.displayOrder);
  return next.usageType === 'MAIN_IMAGE' ? placeAsMain(uses, next) : place(uses, next);
}

const changed = (use: ProductMedia, input: UpdateProductMediaInput): ProductMedia => ({
  ...inRole(use, input.usageType ?? use.usageType),
  variantId: input.variantId === undefined ? use.variantId : readVariantId(input.variantId),
  altText: input.altText === undefined ? use.altText : trimText(input.altText),
});

/** `product` without its uses of a file, all or those of one type; and which these were. */
export function detach(
  product: Product,
  unwanted: { mediaId: string | null; usageType: ProductMediaUsageType | null },
): Decision<string[]> {
  const isUnwanted = ({ mediaId, usageType }: ProductMedia) =>
    mediaId === unwanted.mediaId && (unwanted.usageType ?? usageType) === usageType;
  return {
    product: { ...product, uses: without(product.uses, isUnwanted) },
    answer: product.uses.filter(isUnwanted).map(({ id }) => id),
  };
}

/** `product` with its uses of one type in another order; as it was when one of the moves can't be made. */
export function reorder(
  product: Product,
  { usageType = 'GALLERY', moves }: ReorderProductMediaInput,
): Refusable {
  const movable = new Set(ofType(product.uses, usageType).map(({ id }) => id));
  let { uses } = product;
  for (const [index, { id: givenId, newPosition }] of moves.entries()) {
    const path = ['input', 'moves', String(index)];
    const id = readId(givenId);
    if (id === null || !movable.has(id)) return { product, answer: noSuchUse([...path, 'id']) };
    const problem = positionProblem(newPosition, [...path, 'newPosition']);
    if (problem) return { product, answer: problem };
    uses = move(uses, { id, position: newPosition });
  }
  return { product: { ...product, uses }, answer: null };
}
