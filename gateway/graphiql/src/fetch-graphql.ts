import type { GraphiQLProps } from 'graphiql';
import type { ExecutionResult } from 'graphql';

/** Sends an operation to the gateway that served this page, with the headers of the header editor. */
export const fetchGraphQL: GraphiQLProps['fetcher'] = async (operation, options) => {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: {
      accept: 'application/graphql-response+json, application/json',
      'content-type': 'application/json',
      'apollo-require-preflight': 'true',
      ...options?.headers,
    },
    body: JSON.stringify(operation),
  });

  const body: unknown = await response.json();
  if (!isExecutionResult(body)) throw new Error(`HTTP ${response.status}: not a GraphQL response.`);
  return body;
};

function isExecutionResult(body: unknown): body is ExecutionResult {
  return typeof body === 'object' && body !== null && ('data' in body || 'errors' in body);
}
