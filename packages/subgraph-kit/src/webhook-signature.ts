import { createHmac, timingSafeEqual } from 'node:crypto';

/** `whsec_` and the key in base64. */
const PREFIX = 'whsec_';
const MIN_KEY_BYTES = 24;
/** How old a request may be, and how far in the future. */
const TOLERANCE_SECONDS = 300;

/** The headers of a signed request, as Standard Webhooks (https://www.standardwebhooks.com) defines them. */
export interface SignedHeaders {
  readonly 'webhook-id': string;
  /** Seconds since 1970. */
  readonly 'webhook-timestamp': string;
  /** `v1,<base64>`; several are separated by spaces. */
  readonly 'webhook-signature': string;
}

/** Whether the text is `whsec_` and at least 24 bytes in base64. */
export const isWebhookSecret = (text: string): boolean =>
  text.startsWith(PREFIX) && keyOf(text).length >= MIN_KEY_BYTES;

/** Signs the id, the time and the body with each secret: HMAC-SHA256. */
export function signWebhook(
  secrets: readonly string[],
  { id, body, now = Date.now() }: { id: string; body: string; now?: number },
): SignedHeaders {
  const timestamp = String(Math.floor(now / 1000));
  const signatures = secrets.map((secret) => signatureOf(secret, { id, timestamp, body }));
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}

/** Whether one of the secrets signed this body, within the last five minutes. */
export function isSignedWebhook(
  secrets: readonly string[],
  { headers, body, now = Date.now() }: { headers: Headers; body: string; now?: number },
): boolean {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const given = headers['webhook-signature'];
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof given !== 'string') {
    return false;
  }
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now / 1000 - Number(timestamp)) > TOLERANCE_SECONDS) return false;
  const accepted = secrets.map((secret) => signatureOf(secret, { id, timestamp, body }));
  return given.split(' ').some((one) => accepted.some((right) => isEqual(one, right)));
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const keyOf = (secret: string): Buffer => Buffer.from(secret.slice(PREFIX.length), 'base64');

function signatureOf(
  secret: string,
  { id, timestamp, body }: { id: string; timestamp: string; body: string },
): string {
  const hmac = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`);
  return `v1,${hmac.digest('base64')}`;
}

function isEqual(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
