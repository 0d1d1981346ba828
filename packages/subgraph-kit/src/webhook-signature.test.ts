import { expect, test } from 'vitest';
import { isSignedWebhook, isWebhookSecret, signWebhook } from './webhook-signature.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const OTHER = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const body = '{"type":"media.ended"}';

test('signs as the example of the specification', () => {
  const headers = signWebhook(['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'], {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    body: '{"test": 2432232314}',
    now: 1_614_265_330_000,
  });
  expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('accepts what one of the secrets signed, and nothing else', () => {
  const headers = { ...signWebhook([OTHER, SECRET], { id: 'one', body }) };
  expect(isSignedWebhook([SECRET], { headers, body })).toBe(true);
  expect(isSignedWebhook([SECRET], { headers, body: `${body} ` })).toBe(false);
  expect(isSignedWebhook([SECRET], { headers: { ...headers, 'webhook-id': 'two' }, body })).toBe(
    false,
  );
  const third = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
  expect(isSignedWebhook([third], { headers, body })).toBe(false);
  expect(isSignedWebhook([SECRET], { headers: {}, body })).toBe(false);
  const now = Date.now() + 301_000;
  expect(isSignedWebhook([SECRET], { headers, body, now })).toBe(false);
});

test('a secret is whsec_ and at least 24 bytes', () => {
  const texts = [SECRET, 'whsec_', 'whsec_c2hvcnQ=', Buffer.alloc(32).toString('base64')];
  expect(texts.map(isWebhookSecret)).toEqual([true, false, false, false]);
});
