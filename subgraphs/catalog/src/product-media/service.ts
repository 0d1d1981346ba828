import { attachFiles } from '@federated-media/media-consumer/associations/attach';
import type { MediaConsumer } from '@federated-media/media-consumer/media-consumer';
import { notFound, rejectedWith } from '@federated-media/media-consumer/user-error';
import type { Caller } from '@federated-media/subgraph-kit/identity';
import { readId } from '@federated-media/subgraph-kit/ids';
import { userError } from '@federated-media/subgraph-kit/user-error';
import type {
  AttachMediaFilesToProductInput,
  AttachMediaToProductInput,
  DetachMediaFromProductInput,
  ProductMediaUsageType,
  ProductUserError,
  ReorderProductMediaInput,
  ResolversParentTypes,
  SetProductMainImageInput,
  UpdateProductMediaInput,
} from '../generated/graphql.ts';
import type { Product } from '../product/product.ts';
import type { ProductRepository } from '../product/repository.ts';
import { type Draft, type Outcome, draftUsage } from './attaching.ts';
import { changeProblem, changeUsage, detach, reorder } from './changing.ts';
import { planAttaching, toUsage } from './claiming.ts';
import type { ProductMedia } from './product-media.ts';
import { allowsMediaType, findingProblem } from './rules.ts';

const MAX_ITEMS = 100;

type Payload = ResolversParentTypes['ProductMediaPayload'];

/**
 * Usages of files by the products of the caller's store. The CMS is asked before anything is locked. Rules
 * are applied again under the lock; the response of the CMS is not requested again.
 */
export function createProductMediaService({
  products,
  media,
}: {
  products: ProductRepository;
  media: MediaConsumer;
}) {
  return {
    async attach(caller: Caller, input: AttachMediaToProductInput): Promise<Payload> {
      return first(await attach(caller, input.productId, [draftUsage(input, ['input'])]));
    },

    async setMainImage(
      caller: Caller,
      { productId, mediaId }: SetProductMainImageInput,
    ): Promise<Payload> {
      const given = { mediaId, usageType: 'MAIN_IMAGE' } as const;
      return first(await attach(caller, productId, [draftUsage(given, ['input'])]));
    },

    async attachMany(
      caller: Caller,
      { productId, items }: AttachMediaFilesToProductInput,
    ): Promise<Payload[]> {
      if (items.length < 1 || items.length > MAX_ITEMS) {
        return [
          rejectedWith(
            userError('INVALID', `Send between 1 and ${MAX_ITEMS} items.`, ['input', 'items']),
          ),
        ];
      }
      const drafts = items.map((item, index) =>
        draftUsage(item, ['input', 'items', String(index)]),
      );
      return attach(caller, productId, drafts);
    },

    async detach(
      { storeId }: Caller,
      { productId, mediaId, usageType }: DetachMediaFromProductInput,
    ): Promise<ResolversParentTypes['DetachProductMediaPayload']> {
      const unwanted = { mediaId: readId(mediaId), usageType: usageType ?? null };
      const decision = await products.change({ storeId, id: productId }, (product) =>
        detach(product, unwanted),
      );
      if (!decision)
        return { detachedIds: [], ...rejectedWith(notFound('product', ['input', 'productId'])) };
      const { entity: product, answer: detachedIds } = decision;
      if (detachedIds.length === 0) {
        const message = 'The file is not attached to this product in this role.';
        return {
          detachedIds,
          ...rejectedWith(userError('NOT_ATTACHED', message, ['input', 'mediaId'])),
        };
      }
      await media.sendNow();
      return { detachedIds, product, userErrors: [] };
    },

    async update(caller: Caller, input: UpdateProductMediaInput): Promise<Payload> {
      const { storeId } = caller;
      const unknown = rejectedWith(notFound('association', ['input', 'id']));
      const found = await products.findUsage(storeId, input.id);
      if (!found) return unknown;
      const { owner: product, usage } = found;
      const problem = changeProblem(product, usage, input);
      if (problem) return rejectedWith(problem);

      const unfit = await usageTypeProblem(product, usage, input.usageType ?? usage.usageType);
      if (unfit) return rejectedWith(unfit);
      const decision = await products.change({ storeId, id: product.id }, (current) =>
        changeUsage(current, usage.id, input),
      );
      if (!decision) return unknown;
      if (decision.answer) return rejectedWith(decision.answer);
      await media.sendNow();
      return payload(decision.entity, { usageId: usage.id });
    },

    async reorder(
      { storeId }: Caller,
      input: ReorderProductMediaInput,
    ): Promise<ResolversParentTypes['ProductPayload']> {
      const decision = await products.change({ storeId, id: input.productId }, (product) =>
        reorder(product, input),
      );
      if (!decision) return rejectedWith(notFound('product', ['input', 'productId']));
      return decision.answer
        ? rejectedWith(decision.answer)
        : { product: decision.entity, userErrors: [] };
    },
  };

  async function attach(
    { storeId }: Caller,
    productId: string,
    drafts: readonly Draft[],
  ): Promise<Payload[]> {
    const outcome = await attachFiles(
      { owners: products, media },
      {
        storeId,
        ownerId: productId,
        usages: drafts.map(({ usage }) => toUsage(usage)),
        plan: (product: Product) => planAttaching(product, drafts),
      },
    );
    if (!outcome) {
      return drafts.map(() => rejectedWith(notFound('product', ['input', 'productId'])));
    }
    return outcome.answer.map((answer) => payload(outcome.entity, answer));
  }

  /** What is wrong with the file of a usage for another usage type. */
  async function usageTypeProblem(
    product: Product,
    usage: ProductMedia,
    usageType: ProductMediaUsageType,
  ): Promise<ProductUserError | null> {
    if (usageType === usage.usageType) return null;
    const findings = await media.claim({
      intents: media.intend(product.storeId, []),
      entityId: product.id,
      name: product.name,
      existing: [toUsage(usage)],
      accepts: (_use, file) => allowsMediaType(usageType, file.mediaType),
    });
    return findingProblem(findings.get(usage.id), { usageType, field: ['input', 'usageType'] });
  }
}
export type ProductMediaService = ReturnType<typeof createProductMediaService>;

function payload(product: Product, outcome: Outcome): Payload {
  if ('problem' in outcome) return rejectedWith(outcome.problem);
  const usage = product.usages.find(({ id }) => id === outcome.usageId);
  return { productMedia: usage ? { ...usage, product } : null, product, userErrors: [] };
}

function first([only]: readonly Payload[]): Payload {
  if (only === undefined) throw new Error('One item must have one payload.');
  return only;
}
