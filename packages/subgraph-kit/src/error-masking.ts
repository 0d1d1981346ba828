import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { boundErrors } from './bounded-errors.ts';
import { outageMessage, unavailableDatabase } from './database-error.ts';
import { excerpt, shortMessage } from './excerpt.ts';
import type { Logger } from './logger.ts';
import { hasTimedOut, timeoutError } from './request-life.ts';

/** Codes with messages for callers. Other errors are returned as INTERNAL, without their message. */
const PUBLIC_CODES: ReadonlySet<unknown> = new Set([
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'FORBIDDEN',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'INSUFFICIENT_STORAGE',
  'MEDIA_UNAVAILABLE',
  'OPERATION_NOT_TRUSTED',
  'OPERATION_RESOLUTION_FAILURE',
  'OVERLOADED',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'RATE_LIMITED',
  'SUBGRAPH_UNAVAILABLE',
  'TIMEOUT',
  'UNAUTHENTICATED',
]);

/** Of them, those whose cause an operator has to remove. */
const FAULTS: ReadonlySet<unknown> = new Set(['INSUFFICIENT_STORAGE']);

/** A resolver that fails for every entry of a page would fill the log. */
const MAX_LOGGED = 10;

/** Apollo's `formatError`: returns public errors and masks all others. */
export function maskError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const { message, locations, path, extensions } = formatted;
  const place = { ...(locations && { locations }), ...(path && { path }) };
  if (PUBLIC_CODES.has(extensions?.['code'])) {
    const { stacktrace: _stack, serviceName: _service, ...kept } = extensions ?? {};
    return { message: shortMessage(message), ...place, extensions: kept };
  }
  const unavailable = unavailableDatabase(originOf(error));
  if (unavailable) {
    const { publicMessage, publicCode } = unavailable;
    return { message: publicMessage, ...place, extensions: { code: publicCode } };
  }
  return {
    message: 'Internal error. Report the request id to find it in the logs.',
    ...place,
    extensions: { code: 'INTERNAL' },
  };
}

const originOf = (error: unknown): unknown =>
  error instanceof GraphQLError ? (error.originalError ?? error) : error;

/** Logs the first masked errors, adds the request id to every error, and limits their total size. */
export function errorReporting<Context extends { requestId: string }>(
  logger: Logger,
): ApolloServerPlugin<Context> {
  return {
    async requestDidStart() {
      return {
        async didEncounterErrors({ errors, contextValue: { requestId } }) {
          if (hasTimedOut()) return;
          const masked = errors.filter(isFailure);
          const outageOf = (error: GraphQLError) => unavailableDatabase(originOf(error));
          for (const error of masked) {
            const outage = outageOf(error);
            if (!outage) continue;
            const err = originOf(error);
            logger.warn({ err, path: pathOf(error), requestId }, outageMessage(outage));
            break;
          }
          const failures = masked.filter((error) => !outageOf(error));
          for (const error of failures.slice(0, MAX_LOGGED)) {
            const err = originOf(error);
            logger.error({ err, path: pathOf(error), requestId }, 'resolver failed');
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

const pathOf = ({ path }: GraphQLError) => path?.map((step) => excerpt(String(step)));

/** Whether it is logged. The gateway does not log again what a subgraph has logged. */
const isFailure = ({ extensions: { code }, originalError }: GraphQLError): boolean =>
  !PUBLIC_CODES.has(code) || (FAULTS.has(code) && originalError !== undefined);

/** After a timeout, internal errors are caused by the cancellation. */
function asTimeout(error: GraphQLFormattedError): GraphQLFormattedError {
  if (error.extensions?.['code'] !== 'INTERNAL') return error;
  const { message, extensions } = timeoutError();
  return { ...error, message, extensions };
}
