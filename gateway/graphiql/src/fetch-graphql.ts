import type { GraphiQLProps } from 'graphiql';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { selectedOperation } from './operations.ts';
import type { ChosenFiles } from './uploads/chosen-files.ts';
import { multipartOf } from './uploads/multipart.ts';
import { nameOf } from './uploads/slots.ts';

interface Options {
  /** Empty: no token is sent. */
  readonly token: string;
  readonly chosen: ChosenFiles;
}

/**
 * Sends operations to the gateway that served this page, with the token and the chosen files. The headers of the
 * header editor take precedence.
 */
export const createFetcher =
  ({ token, chosen }: Options): GraphiQLProps['fetcher'] =>
  async (given, options) => {
    const selected = selectedOperation(given);
    const operationName = selected ? selected.name?.value : given.operationName;
    const operation = { ...given, operationName };
    const missing = chosen.findMissing(operation).map(nameOf);
    if (missing.length > 0) {
      const message = `Not sent: choose a file for ${missing.join(', ')} below the variables.`;
      return { errors: [new GraphQLError(message)] };
    }
    const headers = new Headers({
      accept: 'application/graphql-response+json, application/json',
      'apollo-require-preflight': 'true',
      ...(token !== '' && { authorization: `Bearer ${token}` }),
    });
    for (const [name, value] of Object.entries(options?.headers ?? {})) {
      headers.set(name, String(value));
    }

    const files = chosen.filledSlots(operation);
    // The browser adds the boundary of a form to its type.
    if (files.length > 0) headers.delete('content-type');
    else headers.set('content-type', 'application/json');
    const response = await fetch('/graphql', {
      method: 'POST',
      headers,
      body: files.length > 0 ? multipartOf(operation, files) : JSON.stringify(operation),
    });

    const body: unknown = await response.json();
    if (!isExecutionResult(body)) {
      throw new Error(`HTTP ${response.status}: not a GraphQL response.`);
    }
    return body;
  };

function isExecutionResult(body: unknown): body is ExecutionResult {
  return typeof body === 'object' && body !== null && ('data' in body || 'errors' in body);
}
