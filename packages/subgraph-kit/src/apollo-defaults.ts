import type { ApolloServerPlugin } from '@apollo/server';
import { errorReporting, maskError } from './error-masking.ts';
import { legacyStatus } from './legacy-status.ts';
import type { Logger } from './logger.ts';
import { observeOperations } from './telemetry/operations.ts';
import { boundedVariables } from './variables.ts';
import { workLimits } from './work-limits.ts';

/** Each error costs a search for suggestions. */
const MAX_VALIDATION_ERRORS = 10;

/**
 * What every GraphQL server here has in common: documents come one at a time, in full, and were limited
 * before they are parsed; errors are masked, and logged once; the process that hosts the server ends it.
 */
export const apolloDefaults = <Context extends { requestId: string }>({
  logger,
  slowOperationMs,
  plugins,
}: {
  logger: Logger;
  slowOperationMs: number;
  /** The server's own, beside those that all have. */
  plugins: readonly ApolloServerPlugin<Context>[];
}) => ({
  introspection: true,
  includeStacktraceInErrorResponses: false,
  stopOnTerminationSignals: false,
  persistedQueries: false as const,
  allowBatchedHttpRequests: false,
  validationOptions: { maxErrors: MAX_VALIDATION_ERRORS },
  formatError: maskError,
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
