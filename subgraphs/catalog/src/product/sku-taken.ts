import { rejectedWith } from '@federated-media/media-consumer/user-error';
import { userError } from '@federated-media/subgraph-kit/user-error';
import { SkuTakenError } from './product.ts';

/** The payload of `change`, or that of the error when the SKU of the input is already in use. */
export async function orSkuTaken<Payload>(change: () => Promise<Payload>) {
  try {
    return await change();
  } catch (error) {
    if (!(error instanceof SkuTakenError)) throw error;
    return rejectedWith(
      userError('SKU_TAKEN', 'The SKU is already in use in this store.', ['input', 'sku']),
    );
  }
}
