import { refuse, userError } from '../user-error.ts';
import { SkuTakenError } from './product.ts';

/** The payload of `change`, or the refusal it ends in when the SKU of its input is taken. */
export async function orSkuTaken<Payload>(change: () => Promise<Payload>) {
  try {
    return await change();
  } catch (error) {
    if (!(error instanceof SkuTakenError)) throw error;
    return refuse(
      userError('SKU_TAKEN', 'The SKU is already in use in this store.', ['input', 'sku']),
    );
  }
}
