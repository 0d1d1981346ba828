import { invalid } from '@federated-media/media-consumer/user-error';
import { normalKey } from '@federated-media/subgraph-kit/normal-form';
import { keyProblem, lineProblem, textProblem } from '@federated-media/subgraph-kit/text';
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
  invalid(
    requiredProblem(sku, (text) => keyProblem(text, MAX_SKU)),
    ['input', 'sku'],
  ) ??
  invalid(
    requiredProblem(name, (text) => lineProblem(text, MAX_NAME)),
    ['input', 'name'],
  ) ??
  invalid(textProblem(description ?? '', MAX_DESCRIPTION), ['input', 'description']);

const requiredProblem = (
  text: string | null | undefined,
  problemOf: (text: string) => string | null,
): string | null => (text === undefined ? null : problemOf(text ?? ''));

/** A SKU that a client looks for, or null when it cannot be one. */
export const wantedSku = (given: string): WantedSku | null =>
  keyProblem(given, MAX_SKU) === null ? { given, normal: normalKey(given) } : null;

export interface WantedSku {
  readonly given: string;
  readonly normal: string;
}

export const skuTaken = () =>
  userError('SKU_TAKEN', 'The SKU is already in use in this store.', ['input', 'sku']);
