import { exceededLimit } from '@federated-media/multipart/json-size';
import { publicError } from '@federated-media/subgraph-kit/errors';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { isObject } from './execution/response-objects.ts';
import { readErrors } from './subgraph-errors.ts';
import type { SubgraphResponse } from './subgraph-client.ts';

/** A response with more values takes too long to parse, merge and print. */
const MAX_VALUES = 500_000;
/** Far deeper than any operation. Functions that print JSON recurse for each level. */
const MAX_DEPTH = 200;

const UNAUTHORIZED = 401;
const CLIENT_ERROR = 400;
const SERVER_ERROR = 500;

/** A valid response: it has data or errors, and both are bounded. */
export interface CheckedResponse {
  data: Record<string, unknown> | null;
  errors?: GraphQLFormattedError[];
}

/**
 * Validates the response of a subgraph before it is used: a subgraph may have faults, and a proxy may respond in its
 * place.
 * @throws SUBGRAPH_UNAVAILABLE when it is not a GraphQL response; only the log contains the reason
 */
export function checkResponse(
  { status, text }: Pick<SubgraphResponse, 'status' | 'text'>,
  { name, logger, requestId }: { name: string; logger: Logger; requestId: string },
): CheckedResponse {
  if (status === UNAUTHORIZED) {
    throw new GraphQLError(
      `"${name}" rejects the gateway's token. INTERNAL_SECRET must be the same there, or INTERNAL_KEYS must match.`,
    );
  }
  const checked = readResponse(name, { status, text });
  if (typeof checked !== 'string') return checked;
  logger.warn({ subgraph: name, status, reason: checked, requestId }, 'invalid subgraph response');
  throw publicError('SUBGRAPH_UNAVAILABLE', `"${name}" is not available.`);
}

/** The response, or the reason why it is not usable. */
function readResponse(
  name: string,
  { status, text }: { status: number; text: string },
): CheckedResponse | string {
  // Each value takes at least two characters, so ordinary responses are not scanned. Others are scanned before they
  // are parsed: parsing 8 MiB of empty objects blocks the process for a quarter of a second, the scan a tenth of that.
  if (text.length > 2 * MAX_VALUES && exceededLimit(text, { maxValues: MAX_VALUES })) {
    return `more than ${MAX_VALUES} values`;
  }
  const body = parseJson(text);
  if (body === undefined) return 'not JSON';
  if (!isObject(body)) return 'not an object';
  if (isDeeperThan(MAX_DEPTH, body)) return `nested deeper than ${MAX_DEPTH}`;

  const { data = null, errors: listed } = body;
  if (data !== null && !isObject(data)) return '"data" is not an object';
  if (listed !== undefined && listed !== null && !Array.isArray(listed)) {
    return '"errors" is not a list';
  }
  const errors = readErrors(name, listed ?? []);
  // GraphQL, "Errors": without data there is at least one error.
  if (errors.length === 0 && data === null) return 'neither data nor errors';
  if (errors.length === 0 && status >= CLIENT_ERROR) return 'failed without errors';
  return {
    // A 4xx with data means that a resolver set the status in Apollo Server. A 5xx is a failure.
    data: status >= SERVER_ERROR ? null : data,
    ...(errors.length > 0 && { errors }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isDeeperThan(depth: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  for (const child of Array.isArray(value) ? value : Object.values(value)) {
    if (isDeeperThan(depth - 1, child)) return true;
  }
  return false;
}
