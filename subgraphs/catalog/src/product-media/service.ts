import { readId } from '@federated-media/subgraph-kit/ids';
import { ClaimExpiredError } from '@federated-media/media-consumer/intents';
import type { MediaConsumer } from '@federated-media/media-consumer/media-consumer';
import type { Caller } from '@federated-media/subgraph-kit/identity';
import type {
  AttachMediaFilesToProductInput,
  AttachMediaToProductInput,
  DetachMediaFromProductInput,
  ProductMediaUsageType,
  ProductUserError,
  ReorderProductMediaInput,
  SetProductMainImageInput,
  UpdateProductMediaInput,
} from '../generated/graphql.ts';
import type { Product } from '../product/product.ts';
import type { ProductRepository } from '../product/repository.ts';
import { noSuchProduct, refuse, tryAgain, userError } from '../user-error.ts';
import {
  type Draft,
  type Outcome,
  attachAll,
  checkDraft,
  draftUse,
  isRefused,
  namesAFile,
} from './attaching.ts';
import { changeProblem, changeUse, detach, noSuchUse, reorder } from './changing.ts';
import { claimFiles, toUsage } from './claiming.ts';
import type { ProductMedia } from './product-media.ts';
import { findingProblem, takes } from './rules.ts';
import { writeClaimed } from './writing.ts';

const MAX_ITEMS = 100;

/**
 * Which files the products of the caller's store use, and how. The CMS is asked before anything is
 * locked, and whatever is decided is decided again under the lock: only what the CMS said is taken as it was.
 */
export function createProductMediaService({
  products,
  media,
}: {
  products: ProductRepository;
  media: MediaConsumer;
}) {
  return {
    async attach(caller: Caller, input: AttachMediaToProductInput) {
      return first(await attach(caller, input.productId, [draftUse(input, ['input'])]));
    },

    async setMainImage(caller: Caller, { productId, mediaId }: SetProductMainImageInput) {
      const given = { mediaId, usageType: 'MAIN_IMAGE' } as const;
      return first(await attach(caller, productId, [draftUse(given, ['input'])]));
    },

    async attachMany(caller: Caller, { productId, items }: AttachMediaFilesToProductInput) {
      if (items.length < 1 || items.length > MAX_ITEMS) {
        return [
          refuse(
            userError('INVALID', `Send between 1 and ${MAX_ITEMS} items.`, ['input', 'items']),
          ),
        ];
      }
      const drafts = items.map((item, index) => draftUse(item, ['input', 'items', String(index)]));
      return attach(caller, productId, drafts);
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
      if (detachedIds.length === 0) {
        const message = 'The file is not attached to this product in this role.';
        return { detachedIds, ...refuse(userError('NOT_ATTACHED', message, ['input', 'mediaId'])) };
      }
      await media.sendNow();
      return { detachedIds, product, userErrors: [] };
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

      const unfit = await usageTypeProblem(product, use, input.usageType ?? use.usageType);
      if (unfit) return refuse(unfit);
      const decision = await products.change({ storeId, id: product.id }, (current) =>
        changeUse(current, use.id, input),
      );
      if (!decision) return unknown;
      if (decision.answer) return refuse(decision.answer);
      await media.sendNow();
      return payload(decision.product, { useId: use.id });
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

  async function attach({ storeId }: Caller, productId: string, drafts: readonly Draft[]) {
    const unknown = () => drafts.map(() => refuse(noSuchProduct(['input', 'productId'])));
    const id = readId(productId);
    if (id === null) return unknown();
    const uses = drafts.filter(namesAFile).map(({ use }) => toUsage(use));
    const intents = media.intend(storeId, uses);
    const product = await products.findIntending(id, intents);
    if (!product) return unknown();

    const checked = drafts.map((draft) => checkDraft(product, draft));
    const { items, claimed } = await claimFiles(media, { product, intents, items: checked });
    if (items.every(isRefused)) return items.map(({ problem }) => refuse(problem));

    try {
      const decide = (current: Product) => attachAll(current, items);
      const decision = await writeClaimed({ products, media }, { product, claimed, decide });
      if (!decision) return unknown();
      return decision.answer.map((outcome) => payload(decision.product, outcome));
    } catch (error) {
      if (!(error instanceof ClaimExpiredError)) throw error;
      return items.map((item) =>
        refuse(isRefused(item) ? item.problem : tryAgain([...item.path, 'mediaId'])),
      );
    }
  }

  /** What is wrong with the file for another usage type of its use. */
  async function usageTypeProblem(
    product: Product,
    use: ProductMedia,
    usageType: ProductMediaUsageType,
  ): Promise<ProductUserError | null> {
    if (usageType === use.usageType) return null;
    const findings = await media.claim({
      intents: media.intend(product.storeId, []),
      entityId: product.id,
      existing: [toUsage(use)],
      accepts: (_use, file) => takes(usageType, file.mediaType),
    });
    return findingProblem(findings.get(use.id), { usageType, field: ['input', 'usageType'] });
  }
}
export type ProductMediaService = ReturnType<typeof createProductMediaService>;

function payload(product: Product, outcome: Outcome) {
  if ('problem' in outcome) return refuse(outcome.problem);
  const use = product.uses.find(({ id }) => id === outcome.useId);
  return { productMedia: use ? { ...use, product } : null, product, userErrors: [] };
}

function first<Payload>([only]: readonly Payload[]): Payload {
  if (only === undefined) throw new Error('One item is answered with one payload.');
  return only;
}
