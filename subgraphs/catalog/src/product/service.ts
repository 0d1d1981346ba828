import { listOwners } from '@federated-media/media-consumer/associations/list';
import type { Reading } from '@federated-media/media-consumer/associations/statements';
import type { MediaConsumer } from '@federated-media/media-consumer/media-consumer';
import { notFound, rejectedWith } from '@federated-media/media-consumer/user-error';
import { unlessInUse } from '@federated-media/media-consumer/value-in-use';
import { badUserInput } from '@federated-media/subgraph-kit/errors';
import type { Caller } from '@federated-media/subgraph-kit/identity';
import { newId, readId } from '@federated-media/subgraph-kit/ids';
import { normalKey, normalLine, normalText } from '@federated-media/subgraph-kit/normal-form';
import type { PageRequest } from '@federated-media/subgraph-kit/pagination';
import { lengthOf } from '@federated-media/subgraph-kit/text';
import { userError } from '@federated-media/subgraph-kit/user-error';
import type {
  CreateProductInput,
  ProductFilter,
  ProductIdInput,
  ResolversParentTypes,
  UpdateProductInput,
} from '../generated/graphql.ts';
import { fieldProblem, skuTaken, wantedSku } from './fields.ts';
import type { Product, ProductFields } from './product.ts';
import { matching } from './repository-filter.ts';
import type { ProductRepository } from './repository.ts';

const MAX_SEARCH = 255;

/** Products of the caller's store and their own fields. */
export function createProductService({
  products,
  media,
}: {
  products: ProductRepository;
  media: MediaConsumer;
}) {
  return {
    /** @throws BAD_USER_INPUT unless exactly one of id and SKU is given */
    async find(
      { storeId }: Caller,
      { id, sku }: { id?: string | null | undefined; sku?: string | null | undefined },
      reading?: Reading,
    ): Promise<Product | null> {
      const isGiven = [id, sku].map((key) => typeof key === 'string');
      if (isGiven[0] === isGiven[1]) throw badUserInput('Give either id or sku, but not both.');
      if (typeof sku === 'string') {
        const wanted = wantedSku(sku);
        return wanted && products.findBySku(storeId, wanted, reading);
      }
      return products.find(storeId, id ?? '', reading);
    },

    /** @throws BAD_USER_INPUT for an invalid cursor and a search that is too long */
    async list(
      { storeId }: Caller,
      request: PageRequest,
      { filter, reading }: { filter: ProductFilter; reading?: Reading },
    ) {
      const wanted = readFilter(filter);
      return listOwners(products, {
        storeId,
        request,
        filter: wanted && matching(wanted),
        ...(reading && { reading }),
      });
    },

    async create(
      { storeId }: Caller,
      input: CreateProductInput,
    ): Promise<ResolversParentTypes['ProductPayload']> {
      const problem = fieldProblem(input);
      if (problem) return rejectedWith(problem);

      const fields = {
        sku: normalKey(input.sku),
        name: normalLine(input.name),
        description: normalText(input.description),
      };
      return unlessInUse(skuTaken(), async () => ({
        product: await products.insert({ id: newId(), storeId, ...fields }),
        userErrors: [],
      }));
    },

    async update(
      { storeId }: Caller,
      input: UpdateProductInput,
    ): Promise<ResolversParentTypes['ProductPayload']> {
      const problem = fieldProblem(input);
      if (problem) return rejectedWith(problem);
      const id = readId(input.id);
      if (id === null) return rejectedWith(notFound('product', ['input', 'id']));

      return unlessInUse(skuTaken(), async () => {
        const version = input.version ?? undefined;
        const fields = givenFields(input);
        const isChanged =
          Object.keys(fields).length > 0 &&
          (await products.update({ id, storeId, version, fields }));
        if (isChanged && fields.name !== undefined) await media.sendNow();
        const product = await products.find(storeId, id);
        if (!product) return rejectedWith(notFound('product', ['input', 'id']));
        if (isChanged || version === undefined || version === product.version) {
          return { product, userErrors: [] };
        }
        const message = `The product has changed and is now at version ${product.version}. Read it again.`;
        return rejectedWith(userError('CONFLICT', message, ['input', 'version']));
      });
    },

    async delete(
      { storeId }: Caller,
      { id: givenId }: ProductIdInput,
    ): Promise<ResolversParentTypes['DeleteProductPayload']> {
      const id = readId(givenId);
      if (id === null || !(await products.delete(storeId, id))) {
        return rejectedWith(notFound('product', ['input', 'id']));
      }
      await media.sendNow();
      return { deletedId: id, userErrors: [] };
    },
  };
}
export type ProductService = ReturnType<typeof createProductService>;

/** Null when no product can match. */
function readFilter({ search, missingMainImage, usesMediaId }: ProductFilter) {
  if (search && lengthOf(search) > MAX_SEARCH) {
    throw badUserInput(`search is too long. The maximum is ${MAX_SEARCH} characters.`, [
      'filter',
      'search',
    ]);
  }
  if (search?.includes('\0')) return null;
  const mediaId = typeof usesMediaId === 'string' ? readId(usesMediaId) : undefined;
  if (mediaId === null) return null;
  return {
    search: search ?? undefined,
    missingMainImage: missingMainImage ?? undefined,
    usesMediaId: mediaId,
  };
}

const givenFields = ({ sku, name, description }: UpdateProductInput): Partial<ProductFields> => ({
  ...(typeof sku === 'string' && { sku: normalKey(sku) }),
  ...(typeof name === 'string' && { name: normalLine(name) }),
  ...(description !== undefined && { description: normalText(description) }),
});
