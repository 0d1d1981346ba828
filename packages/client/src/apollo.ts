import {
  type FieldMergeFunction,
  type StoreObject,
  type TypePolicies,
  isReference,
} from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';

/**
 * Type policies for `InMemoryCache`: the pages of a list that were fetched one after another are one list, one list for
 * each filter and order.
 */
export const typePolicies = (): TypePolicies => ({
  Query: {
    fields: {
      products: joinedPages(['filter']),
      artworks: joinedPages(),
      posts: joinedPages(),
      mediaLibrary: joinedPages(['filter', 'orderBy']),
    },
  },
  MediaFile: {
    fields: {
      usages: joinedPages(),
      auditLog: joinedPages(),
      contentVersions: { keyArgs: false, merge: withOlderVersions },
    },
  },
});

/** Versions of a file, newest first. A page is added where it follows, and otherwise dropped: it could leave a gap. */
const withOlderVersions: FieldMergeFunction<readonly StoreObject[]> = (
  existing = [],
  incoming,
  { args, readField },
) => {
  const before: unknown = args?.['before'];
  if (existing.length === 0 || typeof before !== 'number') return incoming;
  const end = existing.findIndex((one) => readField('number', one) === before) + 1;
  if (end === 0) return existing;
  const isServed = (one: StoreObject) => readField('current', one) === true;
  const kept = existing.slice(0, end);
  return incoming.some(isServed)
    ? [...kept.map((one) => (isServed(one) ? { ...one, current: false } : one)), ...incoming]
    : [...kept, ...incoming];
};

type RelayPolicy = ReturnType<typeof relayStylePagination>;

/** As `relayStylePagination`, which joins only `edges`, and `nodes` too. */
function joinedPages(keyArgs?: string[]): RelayPolicy {
  const policy = relayStylePagination(keyArgs);
  const { merge } = policy;
  if (typeof merge !== 'function') return policy;
  return {
    ...policy,
    merge(existing, incoming, options) {
      const merged = merge(existing, incoming, options);
      const nodes = nodesIn(incoming);
      return merged && nodes
        ? { ...merged, nodes: joined(nodesIn(existing) ?? [], nodes, options.args) }
        : merged;
    },
  };
}

const nodesIn = (page: object | null | undefined): readonly unknown[] | undefined =>
  page && 'nodes' in page && Array.isArray(page.nodes) ? page.nodes : undefined;

/** A page may arrive twice: an object that is in the list already stays where it is. */
function joined(
  existing: readonly unknown[],
  page: readonly unknown[],
  args: Record<string, unknown> | null,
): readonly unknown[] {
  if (!args?.['after'] && !args?.['before']) return page;
  const present = new Set(existing.map(keyOf));
  const added = page.filter((node) => !present.has(keyOf(node)));
  return args['after'] ? [...existing, ...added] : [...added, ...existing];
}

/** Objects without an id are all different. */
const keyOf = (node: unknown) => (isReference(node) ? node.__ref : node);
