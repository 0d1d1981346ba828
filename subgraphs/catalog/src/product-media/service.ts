import type { Caller } from '@federated-media/subgraph-kit/identity';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import type {
  AttachMediaFilesToProductInput,
  AttachMediaToProductInput,
  DetachMediaFromProductInput,
  ProductUserError,
  ReorderProductMediaInput,
  SetProductMainImageInput,
  UpdateProductMediaInput,
} from '../generated/graphql.ts';
import { readId } from '../ids.ts';
import { type FoundMedia, type MediaDirectory, MediaUnavailableError } from '../media-directory.ts';
import type { Product } from '../product/product.ts';
import type { ProductRepository } from '../product/repository.ts';
import { noSuchProduct, refuse, userError } from '../user-error.ts';
import {
  type Candidate,
  type GivenUse,
  type Outcome,
  type Refused,
  attachAll,
  isRefused,
  readCandidate,
} from './attaching.ts';
import { changeProblem, changeUse, detach, noSuchUse, reorder } from './changing.ts';
import { mediaProblem } from './rules.ts';

const MAX_ITEMS = 100;

type Found = ReadonlyMap<string, FoundMedia>;

/**
 * Which files the products of the caller's store use, and how. The CMS is asked before anything is
 * locked, and whatever is decided is decided again under the lock: only what the CMS said is taken as it was.
 */
export function createProductMediaService({
  products,
  media,
  logger,
}: {
  products: ProductRepository;
  media: MediaDirectory;
  logger: Logger;
}) {
  return {
    async attach(caller: Caller, input: AttachMediaToProductInput) {
      return first(await attach(caller, input.productId, [{ given: input, path: ['input'] }]));
    },

    async setMainImage(caller: Caller, { productId, mediaId }: SetProductMainImageInput) {
      const given = { mediaId, usageType: 'MAIN_IMAGE' } as const;
      return first(await attach(caller, productId, [{ given, path: ['input'] }]));
    },

    async attachMany(caller: Caller, { productId, items }: AttachMediaFilesToProductInput) {
      if (items.length < 1 || items.length > MAX_ITEMS) {
        return [refuse(userError('INVALID', `Give 1 to ${MAX_ITEMS} items.`, ['input', 'items']))];
      }
      const given = items.map((item, index) => ({
        given: item,
        path: ['input', 'items', String(index)],
      }));
      return attach(caller, productId, given);
    },

    async detach(
      { storeId }: Caller,
      { productId, mediaId, usageType }: DetachMediaFromProductInput,
    ) {
      const id = readId(productId);
      const unwanted = { mediaId: readId(mediaId), usageType: usageType ?? null };
      const decision =
        id === null
          ? null
          : await products.change({ storeId, id }, (product) => detach(product, unwanted));
      if (!decision) return { detachedIds: [], ...refuse(noSuchProduct(['input', 'productId'])) };
      const { product, answer: detachedIds } = decision;
      if (detachedIds.length > 0) return { detachedIds, product, userErrors: [] };
      const message = 'The product does not use this file, or not so.';
      return { detachedIds, ...refuse(userError('NOT_ATTACHED', message, ['input', 'mediaId'])) };
    },

    async update(caller: Caller, input: UpdateProductMediaInput) {
      const { storeId } = caller;
      const unknown = refuse(noSuchUse(['input', 'id']));
      const id = readId(input.id);
      const [product] = id === null ? [] : await products.findByUseIds(storeId, [id]);
      const use = product?.uses.find((candidate) => candidate.id === id);
      if (!product || !use) return unknown;
      const problem = changeProblem(product, use, input);
      if (problem) return refuse(problem);

      if (input.usageType && input.usageType !== use.usageType) {
        const found = await ask(caller, [use.mediaId]);
        const check = { usageType: input.usageType, field: ['input', 'usageType'] };
        const refusal = problemWith(found, use.mediaId, check);
        if (refusal) return refuse(refusal);
      }
      const decision = await products.change({ storeId, id: product.id }, (current) =>
        changeUse(current, use.id, input),
      );
      if (!decision) return unknown;
      return decision.answer
        ? refuse(decision.answer)
        : payload(decision.product, { useId: use.id });
    },

    async reorder({ storeId }: Caller, input: ReorderProductMediaInput) {
      const id = readId(input.productId);
      const decision =
        id === null
          ? null
          : await products.change({ storeId, id }, (product) => reorder(product, input));
      if (!decision) return refuse(noSuchProduct(['input', 'productId']));
      return decision.answer
        ? refuse(decision.answer)
        : { product: decision.product, userErrors: [] };
    },
  };

  async function attach(
    caller: Caller,
    productId: string,
    items: readonly { given: GivenUse; path: readonly string[] }[],
  ) {
    const unknown = () => items.map(() => refuse(noSuchProduct(['input', 'productId'])));
    const id = readId(productId);
    const [product] = id === null ? [] : await products.findByIds(caller.storeId, [id]);
    if (!product) return unknown();

    const read = items.map(({ given, path }) => readCandidate(product, given, path));
    const wanted = read.flatMap((item) => (isRefused(item) ? [] : [item.use.mediaId]));
    const found = await ask(caller, [...new Set(wanted)]);
    const checked = read.map((item) => (isRefused(item) ? item : checkMedia(item, found)));
    if (checked.every(isRefused)) return checked.map(({ problem }) => refuse(problem));

    const key = { storeId: caller.storeId, id: product.id };
    const decision = await products.change(key, (current) => attachAll(current, checked));
    return decision
      ? decision.answer.map((outcome) => payload(decision.product, outcome))
      : unknown();
  }

  /** Null when the CMS can't be asked. */
  async function ask(caller: Caller, mediaIds: readonly string[]): Promise<Found | null> {
    try {
      return await media.find(caller, mediaIds);
    } catch (error) {
      if (!(error instanceof MediaUnavailableError)) throw error;
      logger.warn({ err: error }, 'the CMS can’t be asked');
      return null;
    }
  }
}
export type ProductMediaService = ReturnType<typeof createProductMediaService>;

function checkMedia(candidate: Candidate, found: Found | null): Candidate | Refused {
  const { use, path } = candidate;
  const check = { usageType: use.usageType, field: [...path, 'mediaId'] };
  const problem = problemWith(found, use.mediaId, check);
  return problem ? { problem } : candidate;
}

const problemWith = (
  found: Found | null,
  mediaId: string,
  check: Parameters<typeof mediaProblem>[1],
): ProductUserError | null =>
  found
    ? mediaProblem(found.get(mediaId), check)
    : userError('MEDIA_UNAVAILABLE', 'The CMS can’t be asked just now; try again.', check.field);

function payload(product: Product, outcome: Outcome) {
  if ('problem' in outcome) return refuse(outcome.problem);
  const use = product.uses.find(({ id }) => id === outcome.useId);
  return { productMedia: use ? { ...use, product } : null, product, userErrors: [] };
}

function first<Payload>([only]: readonly Payload[]): Payload {
  if (only === undefined) throw new Error('One item is answered with one payload.');
  return only;
}
