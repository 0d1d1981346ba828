import type { Caller } from '@federated-media/subgraph-kit/identity';
import { GraphQLError } from 'graphql';
import { afterEach, expect, test } from 'vitest';
import { ask, closeAll, openPlatform } from '../testing/platform.ts';
import type { RateLimits } from './rate-buckets.ts';
import { createRateLimit } from './rate-limit.ts';

afterEach(closeAll);

const callerOf = (subject: string, storeId = 'shoes'): Caller => ({
  subject,
  storeId,
  scopes: new Set(),
  issuer: 'client',
});
const ann = callerOf('ann');
const bob = callerOf('bob');

/** A limit with a clock that the test moves. */
function limited(limits: Partial<RateLimits>) {
  let now = 0;
  const limit = createRateLimit({ gateways: 1, ...limits }, () => now)!;
  return {
    /** The seconds to wait; 0: it may run. */
    take(caller: Caller, fields: number, paid = 0): number {
      try {
        limit.take(caller, { fields, paid });
        return 0;
      } catch (error) {
        if (!(error instanceof GraphQLError)) throw error;
        expect(error.extensions['code']).toBe('RATE_LIMITED');
        return Number(error.extensions['retryAfter']);
      }
    },
    pass: (seconds: number) => (now += seconds * 1000),
  };
}

/** So slow that a bucket does not fill during a test. */
const slow = (setting: string, burst: number) => ({
  [setting]: `1/${burst * 1_000}`,
  GATEWAYS: '1000',
});

test('without a rate there is no limit', () => {
  expect(createRateLimit({ gateways: 1 })).toBeUndefined();
});

test('a client may run a burst, and then the rate', () => {
  const { take, pass } = limited({ client: { perSecond: 10, burst: 100 } });
  expect(take(ann, 60)).toBe(0);
  expect(take(ann, 60)).toBe(2);
  expect(take(ann, 40)).toBe(0);
  expect(take(ann, 1)).toBe(1);
  expect(take(bob, 100)).toBe(0);
  pass(2);
  expect(take(ann, 20)).toBe(0);
  expect(take(ann, 1)).toBe(1);
  pass(3_600);
  expect(take(ann, 100)).toBe(0);
  expect(take(ann, 1)).toBe(1);
});

test('the wait that is reported is long enough', () => {
  const { take, pass } = limited({ client: { perSecond: 7, burst: 50 } });
  expect(take(ann, 50)).toBe(0);
  pass(take(ann, 33));
  expect(take(ann, 33)).toBe(0);
});

test('clients of a store share its limit, and those of other stores do not', () => {
  const { take } = limited({
    store: { perSecond: 10, burst: 100 },
    client: { perSecond: 10, burst: 80 },
  });
  expect(take(ann, 80)).toBe(0);
  expect(take(bob, 80)).toBe(6);
  // A rejected operation takes nothing of the other bucket.
  expect(take(bob, 20)).toBe(0);
  expect(take(callerOf('ann', 'hats'), 80)).toBe(0);
});

test('an operation that is larger than the burst runs when the bucket is full', () => {
  const { take, pass } = limited({ client: { perSecond: 10, burst: 100 } });
  expect(take(ann, 1)).toBe(0);
  expect(take(ann, 300, 1)).toBe(0);
  expect(take(ann, 300)).toBe(10);
  pass(10);
  expect(take(ann, 300)).toBe(0);
});

test('several gateways share the limit', () => {
  const limits = { client: { perSecond: 10, burst: 100 }, gateways: 4 };
  const gateways = Array.from({ length: 4 }, () => limited(limits));
  expect(gateways.map(({ take }) => take(ann, 25))).toEqual([0, 0, 0, 0]);
  expect(gateways.map(({ take }) => take(ann, 5))).toEqual([2, 2, 2, 2]);
});

test('remembers ten thousand clients, and the one that was not seen for the longest time starts anew', () => {
  const { take } = limited({ client: { perSecond: 1, burst: 10 } });
  for (let number = 0; number < 10_000; number += 1) take(callerOf(`client ${number}`), 10);
  expect(take(callerOf('client 0'), 10)).toBe(10);
  take(callerOf('another one'), 10);
  expect(take(callerOf('client 0'), 10)).toBe(10);
  expect(take(callerOf('client 1'), 10)).toBe(0);
});

test('a client over its limit receives status 429 with the time to wait, and no subgraph is asked', async () => {
  const { url } = await openPlatform({ limits: slow('RATE_LIMIT_CLIENT', 20) });
  const query = '{ items { id picture { id name } } }';
  const answers = [];
  for (let count = 0; count < 6; count += 1) answers.push(await ask(url, query));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 429, 429]);
  const { data, errors, headers } = answers.at(-1)!;
  const { retryAfter } = errors![0]!.extensions as unknown as { retryAfter: number };
  expect(data).toBeUndefined();
  expect(errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
  expect(errors![0]!.extensions).not.toHaveProperty('http');
  expect(retryAfter).toBeGreaterThan(0);
  expect(headers.get('retry-after')).toBe(String(retryAfter));
});

test('documents that are not run count too', async () => {
  const { url } = await openPlatform({ limits: slow('RATE_LIMIT_STORE', 2) });
  const status = async (query: string) => (await ask(url, query)).status;
  expect([await status('{'), await status('{ nonsense }'), await status('{')]).toEqual([
    400, 400, 429,
  ]);
});

test('counts the fields of the selected operation, with fragments expanded', async () => {
  const { url } = await openPlatform({ limits: slow('RATE_LIMIT_CLIENT', 30) });
  const query = `query Small { __typename }
    query Large { ${Array.from({ length: 10 }, (_none, index) => `a${index}: items { ...Two }`).join(' ')} }
    fragment Two on Item { id picture { id } }`;
  const run = async (operationName: string) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, operationName }),
    });
    return response.status;
  };
  expect([await run('Small'), await run('Small')]).toEqual([200, 200]);
  expect(await run('Large')).toBe(429);
});

test.each(['5', '5/', '0/5', '5/0', '-1/5', '5/1e9'])(
  'the setting %j is not a rate',
  async (rate) => {
    const opening = openPlatform({ limits: { RATE_LIMIT_CLIENT: rate } });
    await expect(opening).rejects.toThrow('fields per second');
  },
);
