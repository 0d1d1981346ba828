import { createHash } from 'node:crypto';
import { type DocumentNode, GraphQLError, parse } from 'graphql';
import { MAX_INTROSPECTION, type Size, measureDefinitions } from './document-size.ts';
import { whyUnreadable } from './document-tokens.ts';
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
  const known = new Set<string>();
  return {
    check(text) {
      const key = createHash('sha256').update(text).digest('base64');
      if (known.has(key)) return;
      checkDocument(text, limits);
      const [oldest] = known;
      if (known.size === REMEMBERED && oldest !== undefined) known.delete(oldest);
      known.add(key);
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
  const unreadable = whyUnreadable(text, limits.maxTokens);
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
    return `Fields may be nested ${maxDepth} deep, and no fragment within itself (MAX_DEPTH).`;
  }
  if (size.fields > maxFields) {
    return `An operation may have ${maxFields} fields, each counted wherever its fragment is used (MAX_FIELDS).`;
  }
  if (size.aliases > maxAliases) {
    return `An operation may have ${maxAliases} aliases, each counted wherever its fragment is used (MAX_ALIASES).`;
  }
  if (size.rootFields > maxRootFields) {
    return `An operation may have ${maxRootFields} fields at its root (MAX_ROOT_FIELDS).`;
  }
  if (size.introspection > MAX_INTROSPECTION) {
    return 'This introspection asks for far more than the usual one, which is answered.';
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
