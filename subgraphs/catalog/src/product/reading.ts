import type { Reading } from '@federated-media/media-consumer/associations/statements';
import { type OperationInfo, selectedFields } from '@federated-media/subgraph-kit/selected-fields';

const known = new WeakMap<OperationInfo['operation'], Reading>();

/** What the resolvers of an operation read of products, so that one statement reads this and nothing else. */
export function readingOf(info: OperationInfo): Reading {
  const before = known.get(info.operation);
  if (before) return before;
  const product = selectedFields(info, 'Product');
  const variant = selectedFields(info, 'ProductVariant');
  const usage = selectedFields(info, 'ProductMedia');
  const owner = new Set(product.keys());
  if (variant.size > 0) owner.add('variants');
  const hasUsages = usage.size > 0;
  // Usages are selected by their type, and belong to variants.
  const usages = hasUsages ? new Set([...usage.keys(), 'usageType', 'variantId']) : null;
  const reading = { owner, usages };
  known.set(info.operation, reading);
  return reading;
}
