import { createHash } from 'node:crypto';
import { type DocumentNode, GraphQLError, parse } from 'graphql';
import { LRUCache } from 'lru-cache';
import { MAX_INTROSPECTION, type Size, measureDefinitions } from './document-size.ts';
import { documentProblem } from './document-tokens.ts';
import { refusedRequest } from './errors.ts';

/** The limits of one GraphQL document. */
export interface DocumentLimits {
  /** Names, values and punctuators. */
  maxTokens: number;
  /** The nesting of fields, introspection included. */
  maxDepth: number;
  /** Fields with an alias. */
  maxAliases: number;
  /** Fields of the operation itself. */
  maxRootFields: number;
  /** All fields, except introspection, which needs no plan and has a separate limit. */
  maxFields: number;
}

/** The number of documents that are remembered as valid. */
const REMEMBERED = 2_000;

/** The number of fields of each operation of a document, by its name, which may be empty. */
export type OperationFields = ReadonlyMap<string, number>;

export interface DocumentGuard {
  /**
   * Returns the sizes of the operations; none for a document that cannot be parsed.
   * @throws GraphQLError BAD_REQUEST with the limit, its value and its setting
   */
  check(text: string): OperationFields;
}

/** Checks each document once while it is remembered. */
export function createDocumentGuard(limits: DocumentLimits): DocumentGuard {
  const known = new LRUCache<string, OperationFields>({ max: REMEMBERED });
  return {
    check(text) {
      const key = createHash('sha256').update(text).digest('base64');
      const before = known.get(key);
      if (before) return before;
      const fields = checkDocument(text, limits);
      known.set(key, fields);
      return fields;
    },
  };
}

/**
 * Rejects a document that would take too long to validate, plan or run. The check itself takes time proportional to
 * the length of the document. Validation and planning are synchronous and do not: a few hundred bytes of nested
 * fragments would block all other requests for seconds. Each operation and fragment is therefore measured as if all
 * fragments were expanded. The parser reports syntax errors.
 */
function checkDocument(text: string, limits: DocumentLimits): OperationFields {
  const unreadable = documentProblem(text, limits.maxTokens);
  if (unreadable) throw refusedRequest(unreadable);

  const fields = new Map<string, number>();
  const document = parseIfPossible(text);
  if (!document) return fields;
  for (const { operation, ...size } of measureDefinitions(document)) {
    const excess = excessOf(size, limits);
    if (excess) throw refusedRequest(excess);
    if (operation !== undefined) fields.set(operation, size.fields);
  }
  return fields;
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
