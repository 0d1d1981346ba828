import { SignJWT, errors } from 'jose';
import { pino } from 'pino';
import { beforeEach, expect, test } from 'vitest';
import { UnauthenticatedError } from '../errors.ts';
import { instruments } from './instruments.ts';
import { createRejectedTokens } from './rejected-tokens.ts';

const KEY = new TextEncoder().encode('a secret of at least thirty-two characters');
let lines: Record<string, unknown>[];
let now = 0;
let rejected: ReturnType<typeof createRejectedTokens>;
beforeEach(() => {
  lines = [];
  now = 0;
  const logger = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) });
  rejected = createRejectedTokens(logger, () => now);
});

const tokenWith = (claims: object, header = {}) =>
  new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256', ...header }).sign(KEY);
const expired = new errors.JWTExpired('"exp" claim timestamp check failed', {}, 'exp');
const note = (token: string | undefined, cause?: Error) =>
  rejected.note(
    token === undefined ? undefined : `Bearer ${token}`,
    new UnauthenticatedError(cause && { cause }),
  );

test('logs the reason, the key id and the names of claims, without the token and its values', async () => {
  const token = await tokenWith({ sub: 'ann@shop.example', store_id: 'shoes' }, { kid: 'key-1' });
  note(token, expired);
  expect(lines).toMatchObject([
    {
      level: 40,
      msg: 'token rejected',
      reason: 'expired',
      kid: 'key-1',
      claims: ['sub', 'store_id'],
      count: 1,
    },
  ]);
  const text = JSON.stringify(lines);
  for (const secret of ['ann', 'shoes', token, ...token.split('.')])
    expect(text).not.toContain(secret);
});

test('logs each reason once in ten seconds, with the number of rejections', async () => {
  const token = await tokenWith({ sub: 'ann' });
  for (let count = 0; count < 50; count += 1) note(token, expired);
  note(token, new errors.JWSSignatureVerificationFailed());
  expect(lines.map(({ reason, count }) => [reason, count])).toEqual([
    ['expired', 1],
    ['signature', 1],
  ]);
  now = 10_000;
  note(token, expired);
  expect(lines.at(-1)).toMatchObject({ reason: 'expired', count: 50 });
});

test.each([
  [undefined, 'missing'],
  [new errors.JWSInvalid(), 'malformed'],
  [new errors.JOSEAlgNotAllowed(), 'algorithm'],
  [new errors.JWKSNoMatchingKey(), 'unknown-key'],
  [new errors.JWTClaimValidationFailed('x', {}, 'iss'), 'issuer'],
  [new errors.JWTClaimValidationFailed('x', {}, 'aud'), 'audience'],
  [new errors.JWTClaimValidationFailed('x', {}, 'sub'), 'claims'],
  [new TypeError('store_id is not a valid store id.'), 'claims'],
])('counts %s as %s', async (cause, reason) => {
  const { registry } = instruments().metrics;
  const counted = async () => {
    const { values } = await registry.getSingleMetric('rejected_tokens_total')!.get();
    return values.find(({ labels }) => labels['reason'] === reason)?.value ?? 0;
  };
  const before = await counted();
  note(cause === undefined ? undefined : await tokenWith({ sub: 'ann' }), cause);
  expect(await counted()).toBe(before + 1);
  // Requests without a token are routine.
  expect(lines).toHaveLength(reason === 'missing' ? 0 : 1);
});

test('limits what a client writes into the log', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 200 }, (_none, index) => [`${'x'.repeat(500)}${index}`, 1]),
  );
  note(await tokenWith(many, { kid: 'k'.repeat(1_000) }), expired);
  note('not a token at all');
  note('e30.e30', undefined);
  expect(lines.map(({ reason }) => reason)).toEqual(['expired', 'malformed']);
  expect(JSON.stringify(lines).length).toBeLessThan(5_000);
});
