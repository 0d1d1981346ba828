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

const Question = z.object({
  keys: z.object({ store: z.string(), client: z.string() }),
  fields: z.number(),
  paid: z.number(),
});
/** Whether the buckets with these keys have as many `fields`, without those that are `paid`. */
export type Question = z.infer<typeof Question>;

export const Refusal = z.object({ what: z.enum(['store', 'client']), seconds: z.number() });
/** The bucket that is too empty, and after how many seconds it will not be. */
export type Refusal = z.infer<typeof Refusal>;

/** A bucket that is not used is full after a while. The least recently used ones are removed, as if they were full. */
const MAX_BUCKETS = 10_000;

interface Bucket {
  /** Fields that may run now. */
  left: number;
  /** When `left` was computed, by `performance.now()`. */
  at: number;
}

/** Token buckets, in the memory of this process. Undefined without a limit. */
export function createRateBuckets(
  { store, client, gateways }: RateLimits,
  now = () => performance.now(),
) {
  const limits = [
    store && createBuckets('store', { rate: partOf(store, gateways), now }),
    client && createBuckets('client', { rate: partOf(client, gateways), now }),
  ].filter((limit) => limit !== undefined);
  if (limits.length === 0) return undefined;

  return {
    take({ keys, fields, paid }: Question): Refusal | undefined {
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
    },
  };
}

/** For workers, which share the buckets of the process that started them. Answers are a `Refusal` or null. */
export function createRateLimitAnswers(limits: RateLimits): (question: unknown) => unknown {
  const buckets = createRateBuckets(limits);
  return (question) => buckets?.take(Question.parse(question)) ?? null;
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
