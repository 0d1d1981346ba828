import { userError as commonUserError } from '@federated-media/subgraph-kit/user-error';
import type { ProductErrorCode, ProductUserError } from './generated/graphql.ts';

/** An error that the caller can correct. `field` is the path into the mutation's arguments. */
export const userError = (
  code: ProductErrorCode,
  message: string,
  field: readonly string[],
): ProductUserError => commonUserError(code, message, field);

/** The payload of a mutation that changed nothing. */
export interface Refusal {
  readonly product?: null;
  readonly productMedia?: null;
  readonly deletedId?: null;
  readonly userErrors: ProductUserError[];
}

export const refuse = (error: ProductUserError): Refusal => ({ userErrors: [error] });

export const noSuchProduct = (field: readonly string[]) =>
  userError('NOT_FOUND', 'The product does not exist.', field);

export const tryAgain = (field: readonly string[]) =>
  userError('MEDIA_UNAVAILABLE', 'The CMS is not available. Try again.', field);
