import { createHash } from 'node:crypto';
import { type DocumentNode, GraphQLError, parse } from 'graphql';
import { LRUCache } from 'lru-cache';
import { MAX_INTROSPECTION, type Size, measureDefinitions } from './document-size.ts';
import { documentProblem } from './document-tokens.ts';
import { refusedRequest } from './errors.ts';

/** How much one GraphQL document may be. */
export interface DocumentLimits {
  /** Names, values and signs of the document. */
  maxTokens: number;
  /** How deep fields are nested, introspection included. */
  maxDepth: number;
  /** Fields that are given another name. */
  maxAliases: number;
  /** Fields of the operation itself. */
  maxRootFields: number;
  /** Fields in all. Introspection, which needs no plan, is weighed apart. */
  maxFields: number;
}

/** As many documents as are remembered to be within the limits. */
const REMEMBERED = 2_000;

export interface DocumentGuard {
  /** @throws GraphQLError BAD_REQUEST that says which limit, its value and its setting */
  check(text: string): void;
}

/** Checks each document once, as long as it is remembered. */
export function createDocumentGuard(limits: DocumentLimits): DocumentGuard {
  const known = new LRUCache<string, true>({ max: REMEMBERED });
  return {
    check(text) {
      const key = createHash('sha256').update(text).digest('base64');
      if (known.get(key)) return;
      checkDocument(text, limits);
      known.set(key, true);
    },
  };
}

/**
 * Refuses a document that would cost too much to validate, plan or run, in time that grows with its length
 * alone. Validation and planning are synchronous and their time does not: a few hundred bytes of nested
 * fragments would hold up every other caller for seconds. So each operation and fragment is measured as if
 * fragments were written out wherever they are used. Broken syntax is let through, for the parser to explain.
 */
function checkDocument(text: string, limits: DocumentLimits): void {
  const unreadable = documentProblem(text, limits.maxTokens);
  if (unreadable) throw refusedRequest(unreadable);

  const document = parseIfPossible(text);
  if (!document) return;
  for (const size of measureDefinitions(document)) {
    const excess = excessOf(size, limits);
    if (excess) throw refusedRequest(excess);
  }
}

function excessOf(size: Size, limits: DocumentLimits): string | undefined {
  const { maxDepth, maxAliases, maxRootFields, maxFields } = limits;
  if (size.depth > maxDepth) {
    return `The operation is nested too deeply, or a fragment includes itself. The maximum is ${maxDepth} levels (MAX_DEPTH).`;
  }
  if (size.fields > maxFields) {
    return `The operation has too many fields. The maximum is ${maxFields}, counted after fragments are expanded (MAX_FIELDS).`;
  }
  if (size.aliases > maxAliases) {
    return `The operation has too many aliases. The maximum is ${maxAliases}, counted after fragments are expanded (MAX_ALIASES).`;
  }
  if (size.rootFields > maxRootFields) {
    return `The operation has too many root fields. The maximum is ${maxRootFields} (MAX_ROOT_FIELDS).`;
  }
  if (size.introspection > MAX_INTROSPECTION) {
    return 'The introspection query is too large. Use the standard introspection query.';
  }
  return undefined;
}

function parseIfPossible(text: string): DocumentNode | undefined {
  try {
    return parse(text, { noLocation: true });
  } catch (error) {
    if (error instanceof GraphQLError) return undefined;
    throw error;
  }
}
