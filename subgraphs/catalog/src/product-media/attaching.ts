import {
  type Decision,
  MAX_USAGES,
  newAssociation,
} from '@federated-media/media-consumer/associations/association';
import {
  mediaNotFound,
  mediaUnavailable,
  positionProblem,
} from '@federated-media/media-consumer/user-error';
import { readId } from '@federated-media/subgraph-kit/ids';
import { normalText } from '@federated-media/subgraph-kit/normal-form';
import { userError } from '@federated-media/subgraph-kit/user-error';
import type { ProductMediaUsageType, ProductUserError } from '../generated/graphql.ts';
import type { Product } from '../product/product.ts';
import type { ProductMedia, Usages } from './product-media.ts';
import { altTextProblem, variantProblem } from './rules.ts';
import { findUsage, isSameUsage, place, placeAsMain } from './usages.ts';

/** A usage to be, as the client describes it. */
export interface GivenUsage {
  readonly mediaId: string;
  readonly usageType?: ProductMediaUsageType;
  readonly variantId?: string | null | undefined;
  readonly altText?: string | null | undefined;
  readonly displayOrder?: number | null | undefined;
}

/** A usage to be, before any check. */
export interface Draft {
  readonly usage: ProductMedia;
  readonly given: GivenUsage;
  /** Its path in the arguments. */
  readonly path: readonly string[];
}

/** A usage to be that has passed the checks so far. */
export interface Candidate {
  readonly usage: ProductMedia;
  /** An existing usage, already claimed, that becomes this one. Null: this one is new. */
  readonly known: ProductMedia | null;
  /** Among the usages of its type; undefined: last. */
  readonly position: number | undefined;
  readonly path: readonly string[];
}

export interface Rejected {
  readonly problem: ProductUserError;
  /** The existing usage that it would repeat, if that is the problem. */
  readonly repeated?: ProductMedia;
}

export const isRejected = (item: Candidate | Rejected): item is Rejected => 'problem' in item;

export function draftUsage(given: GivenUsage, path: readonly string[]): Draft {
  const { mediaId, usageType = 'GALLERY', variantId, altText } = given;
  const usage = {
    ...newAssociation(mediaId),
    usageType,
    variantId: readVariantId(variantId),
    altText: normalText(altText),
    createdAt: new Date(),
  };
  return { usage, given, path };
}

/** Applies the rules that do not depend on the file. */
export function checkDraft(product: Product, draft: Draft): Candidate | Rejected {
  const { usage, given, path } = draft;
  const same = findUsage(product.usages, usage);
  const problem =
    variantProblem(product, usage, path) ??
    positionProblem(given.displayOrder, [...path, 'displayOrder']) ??
    altTextProblem(given.altText, path) ??
    (readId(usage.mediaId) === null ? mediaNotFound([...path, 'mediaId']) : null);
  if (problem) return { problem };
  if (same && usage.usageType !== 'MAIN_IMAGE')
    return { problem: alreadyAttached(draft), repeated: same };
  const known = usage.usageType === 'MAIN_IMAGE' ? toBecomeMain(product.usages, usage) : null;
  return { usage, known, position: given.displayOrder ?? undefined, path };
}

/** In the spelling of the database. What is no id stays unchanged: no variant has it. */
export const readVariantId = (variantId: string | null | undefined): string | null =>
  typeof variantId === 'string' ? (readId(variantId) ?? variantId) : null;

/** The result of an item: the id of its usage, or the reason why it has no usage. */
export type Outcome = { readonly usageId: string } | Rejected;

/** Attaches the candidates among `items`, one after the other and independently. */
export function attachAll(
  product: Product,
  items: readonly (Candidate | Rejected)[],
): Decision<Product, Outcome[]> {
  let current = product;
  const earlier: ProductMedia[] = [];
  const answer = items.map((item): Outcome => {
    if (isRejected(item)) return item;
    if (earlier.some((usage) => isSameUsage(usage, item.usage)))
      return { problem: alreadyAttached(item) };
    earlier.push(item.usage);

    const problem = variantProblem(current, item.usage, item.path);
    if (problem) return { problem };
    const attached =
      item.usage.usageType === 'MAIN_IMAGE'
        ? asMain(current.usages, item)
        : asOther(current.usages, item);
    if ('problem' in attached) return attached;
    if (attached.usages.length > MAX_USAGES) return { problem: tooMany(item) };
    current = { ...current, usages: attached.usages };
    return { usageId: attached.usageId };
  });
  return { entity: current, answer };
}

type Attached = { readonly usages: Usages; readonly usageId: string };

function asOther(usages: Usages, candidate: Candidate): Attached | Rejected {
  const { usage, position } = candidate;
  if (findUsage(usages, usage)) return { problem: alreadyAttached(candidate) };
  return { usages: place(usages, usage, position), usageId: usage.id };
}

/** A file that is the main image stays; one in the gallery moves. A given alternative text replaces its text. */
function asMain(usages: Usages, { usage, known: expected, path }: Candidate): Attached | Rejected {
  const known = toBecomeMain(usages, usage);
  // The usage that it was to become was removed meanwhile, and its file is not claimed for a new one.
  if (expected && !known) return { problem: mediaUnavailable([...path, 'mediaId']) };
  const next = known ? { ...known, altText: usage.altText ?? known.altText } : usage;
  if (known?.usageType !== 'MAIN_IMAGE')
    return { usages: placeAsMain(usages, next), usageId: next.id };
  const isUnchanged = known.altText === next.altText;
  return { usages: isUnchanged ? usages : place(usages, next), usageId: known.id };
}

/** The file's usage that is the main image or becomes it, so that the file is not also in the gallery. */
const toBecomeMain = (usages: Usages, usage: ProductMedia): ProductMedia | null =>
  findUsage(usages, { ...usage, usageType: 'MAIN_IMAGE' }) ??
  findUsage(usages, { ...usage, usageType: 'GALLERY' }) ??
  null;

const alreadyAttached = ({ usage, path }: Pick<Draft, 'usage' | 'path'>) =>
  userError(
    'ALREADY_ATTACHED',
    `The file is already attached to this product as ${usage.usageType}.`,
    [...path, 'mediaId'],
  );

const tooMany = ({ path }: Candidate) =>
  userError('INVALID', `The product has too many files. The maximum is ${MAX_USAGES}.`, path);
