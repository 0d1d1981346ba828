import { HeaderMap } from '@apollo/server';
import type { Caller } from '@federated-media/subgraph-kit/identity';
import type { Workers } from '@federated-media/subgraph-kit/module';
import { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';

/** Fields of operations that may run: `perSecond` on average, and `burst` at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export interface RateLimits {
  /** Of all clients of a store together. Absent: no limit. */
  readonly store?: Rate | undefined;
  /** Of one subject of a store. Absent: no limit. */
  readonly client?: Rate | undefined;
  /** Gateways that share the limits: each has an equal part. Workers of one gateway share its buckets. */
  readonly gateways: number;
}

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

const Refusal = z.object({ what: z.enum(['store', 'client']), seconds: z.number() });
type Refusal = z.infer<typeof Refusal>;

const Question = z.object({
  keys: z.object({ store: z.string(), client: z.string() }),
  fields: z.number(),
  paid: z.number(),
});
type Question = z.infer<typeof Question>;

/** A bucket that is not used is full after a while. The least recently used ones are removed, as if they were full. */
const MAX_BUCKETS = 10_000;

interface Bucket {
  /** Fields that may run now. */
  left: number;
  /** When `left` was computed, by `performance.now()`. */
  at: number;
}

/** Token buckets, in the memory of this process. Undefined without a limit. */
export function createRateLimit(limits: RateLimits, now?: () => number) {
  const refusalOf = createRefusals(limits, now);
  if (!refusalOf) return undefined;
  return {
    take(caller: Caller, operation: Operation): void {
      const refusal = refusalOf(questionOf(caller, operation));
      if (refusal) throw rateLimited(refusal);
    },
  } satisfies RateLimit;
}

/** Token buckets in the process that started this worker and others, which share them. */
export function createSharedRateLimit(
  limits: RateLimits,
  { askPrimary }: Pick<Workers, 'askPrimary'>,
): RateLimit | undefined {
  if (!limits.store && !limits.client) return undefined;
  return {
    async take(caller, operation) {
      const refusal = Refusal.nullable().parse(await askPrimary(questionOf(caller, operation)));
      if (refusal) throw rateLimited(refusal);
    },
  };
}

/** Answers the questions of `createSharedRateLimit`. */
export function createRateLimitAnswers(limits: RateLimits): (question: unknown) => unknown {
  const refusalOf = createRefusals(limits);
  return (question) => refusalOf?.(Question.parse(question)) ?? null;
}

function questionOf({ storeId, issuer, subject }: Caller, { fields, paid = 0 }: Operation) {
  const keys = { store: storeId, client: `${storeId} ${issuer} ${subject}` };
  return { keys, fields, paid };
}

/** Takes fields out of buckets, or returns why the operation cannot run now. Undefined without a limit. */
function createRefusals(
  { store, client, gateways }: RateLimits,
  now = () => performance.now(),
): ((question: Question) => Refusal | undefined) | undefined {
  const limits = [
    store && createBuckets('store', { rate: partOf(store, gateways), now }),
    client && createBuckets('client', { rate: partOf(client, gateways), now }),
  ].filter((limit) => limit !== undefined);
  if (limits.length === 0) return undefined;

  return ({ keys, fields, paid }) => {
    const taking = limits.map(({ what, rate, find }) => {
      const bucket = find(keys[what]);
      // An operation that is larger than the burst needs a full bucket.
      const cost = Math.max(0, Math.min(fields, rate.burst) - paid);
      return { what, bucket, cost, seconds: (cost - bucket.left) / rate.perSecond };
    });
    const missing = taking.find(({ bucket, cost }) => bucket.left < cost);
    if (missing) return { what: missing.what, seconds: missing.seconds };
    for (const { bucket, cost } of taking) bucket.left -= cost;
    return undefined;
  };
}

function createBuckets<What extends 'store' | 'client'>(
  what: What,
  { rate, now }: { rate: Rate; now: () => number },
) {
  const buckets = new LRUCache<string, Bucket>({ max: MAX_BUCKETS });
  return {
    what,
    rate,
    /** The bucket as it is now. */
    find(key: string): Bucket {
      const at = now();
      const known = buckets.get(key);
      if (!known) {
        const full = { left: rate.burst, at };
        buckets.set(key, full);
        return full;
      }
      const filled = ((at - known.at) / 1000) * rate.perSecond;
      known.left = Math.min(rate.burst, known.left + filled);
      known.at = at;
      return known;
    },
  };
}

const partOf = ({ perSecond, burst }: Rate, gateways: number): Rate => ({
  perSecond: perSecond / gateways,
  burst: Math.max(1, burst / gateways),
});

function rateLimited({ what, seconds }: Refusal): GraphQLError {
  const retryAfter = Math.max(1, Math.ceil(seconds));
  const headers = new HeaderMap([['retry-after', String(retryAfter)]]);
  return new GraphQLError(
    `The ${what} has reached its rate limit. Try again in ${retryAfter} s, or request fewer fields.`,
    { extensions: { code: 'RATE_LIMITED', retryAfter, http: { status: 429, headers } } },
  );
}
