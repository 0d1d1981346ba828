import type { Decision } from '@federated-media/media-consumer/associations/association';
import { notFound } from '@federated-media/media-consumer/user-error';
import { readId } from '@federated-media/subgraph-kit/ids';
import { trimText } from '@federated-media/subgraph-kit/text';
import { userError } from '@federated-media/subgraph-kit/user-error';
import type {
  ProductMediaUsageType,
  ProductUserError,
  ReorderProductMediaInput,
  UpdateProductMediaInput,
} from '../generated/graphql.ts';
import type { Product } from '../product/product.ts';
import { positionProblem, readVariantId } from './attaching.ts';
import type { ProductMedia } from './product-media.ts';
import { altTextProblem, variantProblem } from './rules.ts';
import { inRole, isSameUse, move, ofType, place, placeAsMain, without } from './uses.ts';

/** Another product; or the same one, and the reason. */
type Change = Decision<Product, ProductUserError | null>;

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
export function changeUse(product: Product, id: string, input: UpdateProductMediaInput): Change {
  const refused = (answer: ProductUserError): Change => ({ entity: product, answer });
  const use = product.uses.find((candidate) => candidate.id === id);
  if (!use) return refused(notFound('association', ['input', 'id']));
  const problem = changeProblem(product, use, input);
  if (problem) return refused(problem);

  const next = changed(use, input);
  if (product.uses.some((other) => other.id !== id && isSameUse(other, next))) {
    const field = next.usageType === use.usageType ? 'variantId' : 'usageType';
    const message = `The file is already attached to this product as ${next.usageType}.`;
    return refused(userError('ALREADY_ATTACHED', message, ['input', field]));
  }
  return { entity: { ...product, uses: usesWith(product, use, next) }, answer: null };
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
): Decision<Product, string[]> {
  const isUnwanted = ({ mediaId, usageType }: ProductMedia) =>
    mediaId === unwanted.mediaId && (unwanted.usageType ?? usageType) === usageType;
  return {
    entity: { ...product, uses: without(product.uses, isUnwanted) },
    answer: product.uses.filter(isUnwanted).map(({ id }) => id),
  };
}

/** `product` with its uses of one type in another order; as it was when one of the moves can't be made. */
export function reorder(
  product: Product,
  { usageType = 'GALLERY', moves }: ReorderProductMediaInput,
): Change {
  const movable = new Set(ofType(product.uses, usageType).map(({ id }) => id));
  let { uses } = product;
  for (const [index, { id: givenId, newPosition }] of moves.entries()) {
    const path = ['input', 'moves', String(index)];
    const id = readId(givenId);
    if (id === null || !movable.has(id))
      return { entity: product, answer: notFound('association', [...path, 'id']) };
    const problem = positionProblem(newPosition, [...path, 'newPosition']);
    if (problem) return { entity: product, answer: problem };
    uses = move(uses, { id, position: newPosition });
  }
  return { entity: { ...product, uses }, answer: null };
}
