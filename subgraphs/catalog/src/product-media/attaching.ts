import {
  type Decision,
  MAX_USES,
  newAssociation,
} from '@federated-media/media-consumer/associations/association';
import { mediaNotFound, mediaUnavailable } from '@federated-media/media-consumer/user-error';
import { readId } from '@federated-media/subgraph-kit/ids';
import { trimText } from '@federated-media/subgraph-kit/text';
import { userError } from '@federated-media/subgraph-kit/user-error';
import type { ProductMediaUsageType, ProductUserError } from '../generated/graphql.ts';
import type { Product } from '../product/product.ts';
import type { ProductMedia, Uses } from './product-media.ts';
import { altTextProblem, variantProblem } from './rules.ts';
import { findUse, isSameUse, place, placeAsMain } from './uses.ts';

/** What a caller says of a use to be. */
export interface GivenUse {
  readonly mediaId: string;
  readonly usageType?: ProductMediaUsageType;
  readonly variantId?: string | null | undefined;
  readonly altText?: string | null | undefined;
  readonly displayOrder?: number | null | undefined;
}

/** A use to be, of which nothing is checked. */
export interface Draft {
  readonly use: ProductMedia;
  readonly given: GivenUse;
  /** Where it stands in the arguments. */
  readonly path: readonly string[];
}

/** A use to be that has passed the checks so far. */
export interface Candidate {
  readonly use: ProductMedia;
  /** A use of the product that becomes this one; it is claimed already. Null: this one is new. */
  readonly known: ProductMedia | null;
  /** Among the uses of its type; undefined: last. */
  readonly position: number | undefined;
  readonly path: readonly string[];
}

export interface Refused {
  readonly problem: ProductUserError;
}

export const isRefused = (item: Candidate | Refused): item is Refused => 'problem' in item;

export function draftUse(given: GivenUse, path: readonly string[]): Draft {
  const { mediaId, usageType = 'GALLERY', variantId, altText } = given;
  const use = {
    ...newAssociation(mediaId),
    usageType,
    variantId: readVariantId(variantId),
    altText: trimText(altText),
    createdAt: new Date(),
  };
  return { use, given, path };
}

/** A candidate, unless a rule that needs no knowledge of the file forbids it. */
export function checkDraft(product: Product, draft: Draft): Candidate | Refused {
  const { use, given, path } = draft;
  const same = findUse(product.uses, use);
  const problem =
    variantProblem(product, use, path) ??
    positionProblem(given.displayOrder ?? 0, [...path, 'displayOrder']) ??
    altTextProblem(given.altText, path) ??
    (readId(use.mediaId) === null ? mediaNotFound([...path, 'mediaId']) : null) ??
    (same && use.usageType !== 'MAIN_IMAGE' ? alreadyAttached(draft) : null);
  if (problem) return { problem };
  const known = use.usageType === 'MAIN_IMAGE' ? toBecomeMain(product.uses, use) : null;
  return { use, known, position: given.displayOrder ?? undefined, path };
}

/** The spelling in the database; what can be nobody's id stays, and is nobody's. */
export const readVariantId = (variantId: string | null | undefined): string | null =>
  typeof variantId === 'string' ? (readId(variantId) ?? variantId) : null;

export const positionProblem = (
  position: number,
  field: readonly string[],
): ProductUserError | null =>
  position < 0 ? userError('INVALID', 'The position must not be negative.', field) : null;

/** What became of an item: the id of its use, or why there is none. */
export type Outcome = { readonly useId: string } | Refused;

/** Attaches the candidates among `items`, one after the other; each stands or falls by itself. */
export function attachAll(
  product: Product,
  items: readonly (Candidate | Refused)[],
): Decision<Product, Outcome[]> {
  let current = product;
  const earlier: ProductMedia[] = [];
  const answer = items.map((item): Outcome => {
    if (isRefused(item)) return item;
    if (earlier.some((use) => isSameUse(use, item.use))) return { problem: alreadyAttached(item) };
    earlier.push(item.use);

    const problem = variantProblem(current, item.use, item.path);
    if (problem) return { problem };
    const attached =
      item.use.usageType === 'MAIN_IMAGE'
        ? asMain(current.uses, item)
        : asOther(current.uses, item);
    if ('problem' in attached) return attached;
    if (attached.uses.length > MAX_USES) return { problem: tooMany(item) };
    current = { ...current, uses: attached.uses };
    return { useId: attached.useId };
  });
  return { entity: current, answer };
}

type Attached = { readonly uses: Uses; readonly useId: string };

function asOther(uses: Uses, candidate: Candidate): Attached | Refused {
  const { use, position } = candidate;
  if (findUse(uses, use)) return { problem: alreadyAttached(candidate) };
  return { uses: place(uses, use, position), useId: use.id };
}

/** The main image already: it stays. In the gallery: it moves. Alternative text is replaced by one that is given. */
function asMain(uses: Uses, { use, known: expected, path }: Candidate): Attached | Refused {
  const known = toBecomeMain(uses, use);
  // Its file is not claimed for a use of its own: it was to become of one that is no more.
  if (expected && !known) return { problem: mediaUnavailable([...path, 'mediaId']) };
  const next = known ? { ...known, altText: use.altText ?? known.altText } : use;
  if (known?.usageType !== 'MAIN_IMAGE') return { uses: placeAsMain(uses, next), useId: next.id };
  const isUnchanged = known.altText === next.altText;
  return { uses: isUnchanged ? uses : place(uses, next), useId: known.id };
}

/** The use of the file that is the main image or becomes it: the gallery never shows it beside. */
const toBecomeMain = (uses: Uses, use: ProductMedia): ProductMedia | null =>
  findUse(uses, { ...use, usageType: 'MAIN_IMAGE' }) ??
  findUse(uses, { ...use, usageType: 'GALLERY' }) ??
  null;

const alreadyAttached = ({ use, path }: Pick<Draft, 'use' | 'path'>) =>
  userError(
    'ALREADY_ATTACHED',
    `The file is already attached to this product as ${use.usageType}.`,
    [...path, 'mediaId'],
  );

const tooMany = ({ path }: Candidate) =>
  userError('INVALID', `The product has too many files. The maximum is ${MAX_USES}.`, path);
