import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import { SpanStatusCode } from '@opentelemetry/api';
import { excerpt } from '../excerpt.ts';
import type { Logger } from '../logger.ts';
import { type Activity, type Spent, currentActivity, roundedMs } from './activity.ts';
import { metrics } from './metrics.ts';

/** The suffix that the gateway adds to operation names: `ProductPage__catalog__0`. */
const PART_OF_A_PLAN = /__[A-Za-z0-9_]+__\d+$/;

const MAX_NAME_LENGTH = 200;

interface Operation {
  readonly name: string;
  readonly type: string;
  /** SHA-256 of the document, in hex. */
  readonly hash: string | undefined;
  readonly ms: number;
}

/**
 * Counts operations and their errors, names their spans, and logs those that take longer than `slowOperationMs`: by
 * name and hash, never with text or variables, which may contain customer data.
 */
export function observeOperations<Context extends BaseContext>({
  slowOperationMs,
  logger,
}: {
  slowOperationMs: number;
  logger: Logger;
}): ApolloServerPlugin<Context> {
  return {
    async requestDidStart() {
      const started = performance.now();
      return {
        async willSendResponse({ operation, operationName, queryHash, response }) {
          const { kind, ...rest } = response.body;
          const errors =
            kind === 'single' && 'singleResult' in rest ? rest.singleResult.errors : [];
          const activity = currentActivity();
          const ms = performance.now() - started - (activity?.timings.waitedMs ?? 0);
          const observed: Operation = {
            // Only valid operations are counted by name, so that invalid requests create no series.
            name: operation ? nameOf(operationName) : 'unusable',
            type: operation?.operation ?? 'none',
            hash: queryHash,
            ms: Math.max(0, ms),
          };
          metrics.operation(observed);
          for (const { extensions } of errors ?? []) metrics.error(extensions?.['code']);
          if (activity) describe(activity, { ...observed, errors: errors?.length ?? 0 });
          if (observed.ms <= slowOperationMs) return;
          metrics.slowOperation();
          logger.warn(logEntry(observed, activity), 'slow operation');
        },
      };
    },
  };
}

/** A name can be as long as a document, and searching it would take too long. */
function nameOf(operationName: string | null | undefined): string {
  if (!operationName) return 'anonymous';
  if (operationName.length > MAX_NAME_LENGTH) return 'overlong';
  return excerpt(operationName.replace(PART_OF_A_PLAN, '')) || 'anonymous';
}

function describe(
  { span }: Activity,
  { name, type, hash, errors }: Operation & { errors: number },
) {
  if (!span.isRecording()) return;
  if (type !== 'none') span.updateName(`${type} ${name}`);
  span.setAttributes({
    'graphql.operation.name': name,
    'graphql.operation.type': type,
    ...(hash !== undefined && { 'graphql.document.hash': hash }),
    'graphql.errors': errors,
  });
  if (errors > 0) span.setStatus({ code: SpanStatusCode.ERROR });
}

function logEntry({ name: operation, type, hash, ms }: Operation, activity: Activity | undefined) {
  const entry = { operation, type, hash, ms: roundedMs(ms) };
  if (!activity) return entry;
  const { planMs, subgraphs, sql } = activity.timings;
  return {
    ...entry,
    requestId: activity.requestId,
    ...(planMs !== undefined && { planMs: roundedMs(planMs) }),
    ...(subgraphs.size > 0 && {
      subgraphs: Object.fromEntries(
        [...subgraphs].map(([name, spent]) => [name, spentAs(spent)] as const),
      ),
    }),
    ...(sql.calls > 0 && { sql: spentAs(sql) }),
  };
}

const spentAs = ({ calls, ms }: Spent) => ({ calls, ms: roundedMs(ms) });
