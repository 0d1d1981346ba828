import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { boundErrors } from './bounded-errors.ts';
import { excerpt, shortMessage } from './excerpt.ts';
import type { Logger } from './logger.ts';
import { hasTimedOut, timeoutError } from './request-life.ts';

/** Codes whose messages are written for callers. Whatever else is thrown leaves as INTERNAL, without its message. */
const PUBLIC_CODES: ReadonlySet<unknown> = new Set([
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'FORBIDDEN',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'MEDIA_UNAVAILABLE',
  'OPERATION_NOT_TRUSTED',
  'OPERATION_RESOLUTION_FAILURE',
  'OVERLOADED',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'SUBGRAPH_UNAVAILABLE',
  'TIMEOUT',
  'UNAUTHENTICATED',
]);

/** A resolver that fails for each entry of a page would fill the log. */
const MAX_LOGGED = 10;

/** Apollo's `formatError`: keeps what is meant for the caller, hides everything else. */
export function maskError(formatted: GraphQLFormattedError): GraphQLFormattedError {
  const { message, locations, path, extensions } = formatted;
  const place = { ...(locations && { locations }), ...(path && { path }) };
  if (PUBLIC_CODES.has(extensions?.['code'])) {
    const { stacktrace: _stack, serviceName: _service, ...kept } = extensions ?? {};
    return { message: shortMessage(message), ...place, extensions: kept };
  }
  return {
    message: 'Internal error. Report the request id to find it in the logs.',
    ...place,
    extensions: { code: 'INTERNAL' },
  };
}

/** Logs the first errors that are hidden from the caller, gives every error the request id, and bounds them in all. */
export function errorReporting<Context extends { requestId: string }>(
  logger: Logger,
): ApolloServerPlugin<Context> {
  return {
    async requestDidStart() {
      return {
        async didEncounterErrors({ errors, contextValue: { requestId } }) {
          if (hasTimedOut()) return;
          const failures = errors.filter(({ extensions }) => !PUBLIC_CODES.has(extensions['code']));
          for (const error of failures.slice(0, MAX_LOGGED)) {
            const err = error instanceof GraphQLError ? (error.originalError ?? error) : error;
            const path = error.path?.map((step) => excerpt(String(step)));
            logger.error({ err, path, requestId }, 'resolver failed');
          }
          const omitted = failures.length - MAX_LOGGED;
          if (omitted > 0) logger.error({ omitted, requestId }, 'more resolvers failed');
        },
        async willSendResponse({ response: { body }, contextValue: { requestId } }) {
          if (body.kind !== 'single' || !body.singleResult.errors) return;
          const errors = body.singleResult.errors.map((error) => {
            const reported = hasTimedOut() ? asTimeout(error) : error;
            return { ...reported, extensions: { ...reported.extensions, requestId } };
          });
          body.singleResult.errors = boundErrors(errors);
        },
      };
    },
  };
}

/** What fails inside when the time is up fails because it was cancelled. */
function asTimeout(error: GraphQLFormattedError): GraphQLFormattedError {
  if (error.extensions?.['code'] !== 'INTERNAL') return error;
  const { message, extensions } = timeoutError();
  return { ...error, message, extensions };
}
