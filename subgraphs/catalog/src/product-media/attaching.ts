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

/** A usage to be, as the client describes it. */
export interface GivenUse {
  readonly mediaId: string;
  readonly usageType?: ProductMediaUsageType;
  readonly variantId?: string | null | undefined;
  readonly altText?: string | null | undefined;
  readonly displayOrder?: number | null | undefined;
}

/** A usage to be, before any check. */
export interface Draft {
  readonly use: ProductMedia;
  readonly given: GivenUse;
  /** Its path in the arguments. */
  readonly path: readonly string[];
}

/** A usage to be that has passed the checks so far. */
export interface Candidate {
  readonly use: ProductMedia;
  /** An existing usage, already claimed, that becomes this one. Null: this one is new. */
  readonly known: ProductMedia | null;
  /** Among the usages of its type; undefined: last. */
  readonly position: number | undefined;
  readonly path: readonly string[];
}

export interface Rejected {
  readonly problem: ProductUserError;
}

export const isRejected = (item: Candidate | Rejected): item is Rejected => 'problem' in item;

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

/** Applies the rules that do not depend on the file. */
export function checkDraft(product: Product, draft: Draft): Candidate | Rejected {
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

/** In the spelling of the database. What is no id stays unchanged: no variant has it. */
export const readVariantId = (variantId: string | null | undefined): string | null =>
  typeof variantId === 'string' ? (readId(variantId) ?? variantId) : null;

export const positionProblem = (
  position: number,
  field: readonly string[],
): ProductUserError | null =>
  position < 0 ? userError('INVALID', 'The position must not be negative.', field) : null;

/** The result of an item: the id of its usage, or the reason why it has no usage. */
export type Outcome = { readonly useId: string } | Rejected;

/** Attaches the candidates among `items`, one after the other and independently. */
export function attachAll(
  product: Product,
  items: readonly (Candidate | Rejected)[],
): Decision<Product, Outcome[]> {
  let current = product;
  const earlier: ProductMedia[] = [];
  const answer = items.map((item): Outcome => {
    if (isRejected(item)) return item;
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

function asOther(uses: Uses, candidate: Candidate): Attached | Rejected {
  const { use, position } = candidate;
  if (findUse(uses, use)) return { problem: alreadyAttached(candidate) };
  return { uses: place(uses, use, position), useId: use.id };
}

/** A file that is the main image stays; one in the gallery moves. A given alternative text replaces its text. */
function asMain(uses: Uses, { use, known: expected, path }: Candidate): Attached | Rejected {
  const known = toBecomeMain(uses, use);
  // The usage that it was to become was removed meanwhile, and its file is not claimed for a new one.
  if (expected && !known) return { problem: mediaUnavailable([...path, 'mediaId']) };
  const next = known ? { ...known, altText: use.altText ?? known.altText } : use;
  if (known?.usageType !== 'MAIN_IMAGE') return { uses: placeAsMain(uses, next), useId: next.id };
  const isUnchanged = known.altText === next.altText;
  return { uses: isUnchanged ? uses : place(uses, next), useId: known.id };
}

/** The file's usage that is the main image or becomes it, so that the file is not also in the gallery. */
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
