import type { HTTPGraphQLRequest } from '@apollo/server';
import { refusedRequest } from './errors.ts';
import { type VariableLimits, isRecord, whyTooLarge } from './json-size.ts';

/** What a request says about the document it wants run, each as it came. */
export interface AskedDocument {
  query?: unknown;
  documentId?: unknown;
  id?: unknown;
  operationName?: unknown;
  variables?: unknown;
  extensions?: unknown;
}

/**
 * Decides before anything is parsed. Resolves to the text to run where that is not the request's own.
 * @throws GraphQLError with the HTTP status in its extensions
 */
export type Admission = (asked: AskedDocument) => Promise<string | undefined>;

const DOCUMENT_PARAMETERS = ['documentId', 'id', 'extensions', 'query'];

/** The request that Apollo Server gets to see. @throws GraphQLError from `admit`, or for JSON beyond `limits` */
export async function admitted(
  request: HTTPGraphQLRequest,
  { admit, variableLimits }: { admit: Admission | undefined; variableLimits: VariableLimits },
): Promise<HTTPGraphQLRequest> {
  const asked = request.method === 'GET' ? askedInSearch(request.search) : request.body;
  // Whatever else it is, Apollo Server says what is wrong with it.
  if (!isRecord(asked)) return request;
  const excess = whyTooLarge(Object.values(asked), variableLimits);
  if (excess) throw refusedRequest(excess);
  const document = await admit?.(asked);
  if (document === undefined) return request;
  if (request.method === 'GET')
    return { ...request, search: withDocument(request.search, document) };
  const { documentId: _document, id: _id, extensions: _extensions, ...kept } = asked;
  return { ...request, body: { ...kept, query: document } };
}

function askedInSearch(search: string): AskedDocument {
  const parameters = new URLSearchParams(search);
  const given = (name: string) => parameters.get(name) ?? undefined;
  return {
    query: given('query'),
    documentId: given('documentId'),
    id: given('id'),
    operationName: given('operationName'),
    variables: parsed(given('variables')),
    extensions: parsed(given('extensions')),
  };
}

function withDocument(search: string, document: string): string {
  const parameters = new URLSearchParams(search);
  for (const name of DOCUMENT_PARAMETERS) parameters.delete(name);
  parameters.set('query', document);
  return `?${parameters.toString()}`;
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
