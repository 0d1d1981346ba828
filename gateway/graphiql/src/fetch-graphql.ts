import type { GraphiQLProps } from 'graphiql';
import type { ExecutionResult } from 'graphql';

/** Sends an operation to the gateway this page came from, with what the header editor says. */
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

  const answer: unknown = await response.json();
  if (!isExecutionResult(answer)) throw new Error(`HTTP ${response.status}: not a GraphQL answer.`);
  return answer;
};

function isExecutionResult(answer: unknown): answer is ExecutionResult {
  return typeof answer === 'object' && answer !== null && ('data' in answer || 'errors' in answer);
}
