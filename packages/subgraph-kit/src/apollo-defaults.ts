import type { ApolloServerPlugin } from '@apollo/server';
import { errorReporting, maskError } from './error-masking.ts';
import { legacyStatus } from './legacy-status.ts';
import type { Logger } from './logger.ts';
import { observeOperations } from './telemetry/operations.ts';
import { boundedVariables } from './variables.ts';
import { workLimits } from './work-limits.ts';

/** For each error, graphql-js searches for similar names. */
const MAX_VALIDATION_ERRORS = 10;

/**
 * The options that all GraphQL servers share: documents arrive one at a time, in full, and are limited before they
 * are parsed; errors are masked and logged once; the process that hosts the server stops it.
 */
export const apolloDefaults = <Context extends { requestId: string }>({
  logger,
  slowOperationMs,
  plugins,
}: {
  logger: Logger;
  slowOperationMs: number;
  /** Additional plugins of this server. */
  plugins: readonly ApolloServerPlugin<Context>[];
}) => ({
  introspection: true,
  includeStacktraceInErrorResponses: false,
  stopOnTerminationSignals: false,
  persistedQueries: false as const,
  allowBatchedHttpRequests: false,
  validationOptions: { maxErrors: MAX_VALIDATION_ERRORS },
  formatError: maskError,
  // Without the newline that Apollo Server appends; see `toBytes`.
  stringifyResult: (result: object) => JSON.stringify(result),
  logger,
  plugins: [
    boundedVariables,
    workLimits,
    errorReporting<Context>(logger),
    observeOperations<Context>({ slowOperationMs, logger }),
    legacyStatus,
    ...plugins,
  ],
});
