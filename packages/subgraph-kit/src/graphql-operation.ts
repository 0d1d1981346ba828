import type { HTTPGraphQLRequest } from '@apollo/server';
import { refusedRequest } from './errors.ts';
import { type JsonLimits, excessOf } from '@federated-media/multipart/json-size';

/** The parameters of a request, not validated. */
export interface AskedDocument {
  query?: unknown;
  documentId?: unknown;
  id?: unknown;
  operationName?: unknown;
  variables?: unknown;
  extensions?: unknown;
}

/**
 * Called before parsing. Resolves to the text to run if it is not the text of the request.
 * @throws GraphQLError with the HTTP status in its extensions
 */
export type Admission = (asked: AskedDocument) => Promise<string | undefined>;

const DOCUMENT_PARAMETERS = ['documentId', 'id', 'extensions', 'query'];

/** Returns the request for Apollo Server. @throws GraphQLError from `admit`, or for JSON that exceeds the limits */
export async function admitted(
  request: HTTPGraphQLRequest,
  { admit, jsonLimits }: { admit: Admission | undefined; jsonLimits: JsonLimits },
): Promise<HTTPGraphQLRequest> {
  const asked = request.method === 'GET' ? askedInSearch(request.search, jsonLimits) : request.body;
  // Apollo Server reports what is wrong with any other value.
  if (!isRecord(asked)) return request;
  const document = await admit?.(asked);
  if (document === undefined) return request;
  if (request.method === 'GET')
    return { ...request, search: withDocument(request.search, document) };
  const { documentId: _document, id: _id, extensions: _extensions, ...kept } = asked;
  return { ...request, body: { ...kept, query: document } };
}

function askedInSearch(search: string, limits: JsonLimits): AskedDocument {
  const parameters = new URLSearchParams(search);
  const given = (name: string) => parameters.get(name) ?? undefined;
  return {
    query: given('query'),
    documentId: given('documentId'),
    id: given('id'),
    operationName: given('operationName'),
    variables: parsed(given('variables'), limits),
    extensions: parsed(given('extensions'), limits),
  };
}

function withDocument(search: string, document: string): string {
  const parameters = new URLSearchParams(search);
  for (const name of DOCUMENT_PARAMETERS) parameters.delete(name);
  parameters.set('query', document);
  return `?${parameters.toString()}`;
}

function parsed(text: string | undefined, limits: JsonLimits): unknown {
  if (text === undefined) return undefined;
  const excess = excessOf(text, limits);
  if (excess) throw refusedRequest(excess.message);
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Only plain objects: an upload in the variables is not JSON. */
function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
