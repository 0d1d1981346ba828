import { HeaderMap } from '@apollo/server';
import type { Caller } from '@federated-media/subgraph-kit/identity';
import type { Workers } from '@federated-media/subgraph-kit/module';
import { GraphQLError } from 'graphql';
import { type Question, type RateLimits, Refusal, createRateBuckets } from './rate-buckets.ts';

export interface RateLimit {
  /**
   * Takes the fields of an operation out of the buckets of its caller, except for those that are `paid`.
   * @throws GraphQLError RATE_LIMITED, with the seconds after which the operation can run
   */
  take(caller: Caller, operation: Operation): void | Promise<void>;
}

interface Operation {
  readonly fields: number;
  readonly paid?: number;
}

/** With buckets in the memory of this process. Undefined without a limit. */
export function createRateLimit(limits: RateLimits, now?: () => number) {
  const buckets = createRateBuckets(limits, now);
  if (!buckets) return undefined;
  return {
    take(caller: Caller, operation: Operation): void {
      const refusal = buckets.take(questionOf(caller, operation));
      if (refusal) throw rateLimited(refusal);
    },
  } satisfies RateLimit;
}

/** With the buckets of the process that started this worker and others. Undefined without a limit. */
export function createSharedRateLimit(
  { store, client }: RateLimits,
  { askPrimary }: Pick<Workers, 'askPrimary'>,
): RateLimit | undefined {
  if (!store && !client) return undefined;
  return {
    async take(caller, operation) {
      const refusal = Refusal.nullable().parse(await askPrimary(questionOf(caller, operation)));
      if (refusal) throw rateLimited(refusal);
    },
  };
}

function questionOf(
  { storeId, issuer, subject }: Caller,
  { fields, paid = 0 }: Operation,
): Question {
  const keys = { store: storeId, client: `${storeId} ${issuer} ${subject}` };
  return { keys, fields, paid };
}

function rateLimited({ what, seconds }: Refusal): GraphQLError {
  const retryAfter = Math.max(1, Math.ceil(seconds));
  const headers = new HeaderMap([['retry-after', String(retryAfter)]]);
  return new GraphQLError(
    `The ${what} has reached its rate limit. Try again in ${retryAfter} s, or request fewer fields.`,
    { extensions: { code: 'RATE_LIMITED', retryAfter, http: { status: 429, headers } } },
  );
}
