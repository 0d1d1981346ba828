import { invalid } from '@federated-media/media-consumer/user-error';
import { textProblem } from '@federated-media/subgraph-kit/text';
import { userError } from '@federated-media/subgraph-kit/user-error';
import type { ProductUserError } from '../generated/graphql.ts';

const MAX_SKU = 64;
const MAX_NAME = 255;
const MAX_DESCRIPTION = 10_000;

/** Given fields of a product or variant. Undefined: not given. Null: to be cleared. */
export interface GivenFields {
  readonly sku?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
}

/** The first problem of the fields of an `input`, or null. */
export const fieldProblem = ({ sku, name, description }: GivenFields): ProductUserError | null =>
  requiredProblem(sku, { field: 'sku', label: 'A SKU', maxLength: MAX_SKU }) ??
  requiredProblem(name, { field: 'name', label: 'A name', maxLength: MAX_NAME }) ??
  textFieldProblem(description ?? '', { field: 'description', maxLength: MAX_DESCRIPTION });

function requiredProblem(
  text: string | null | undefined,
  { field, label, maxLength }: { field: string; label: string; maxLength: number },
): ProductUserError | null {
  if (text === undefined) return null;
  if (!text?.trim()) return userError('INVALID', `${label} must not be empty.`, ['input', field]);
  if (/[\n\r]/.test(text.trim())) {
    return userError('INVALID', `${label} must be a single line.`, ['input', field]);
  }
  return textFieldProblem(text, { field, maxLength });
}

const textFieldProblem = (
  text: string,
  { field, maxLength }: { field: string; maxLength: number },
) => invalid(textProblem(text, maxLength), ['input', field]);

export const skuTaken = () =>
  userError('SKU_TAKEN', 'The SKU is already in use in this store.', ['input', 'sku']);
