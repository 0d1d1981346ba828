import { type KeyObject, createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { deriveKey } from '@federated-media/subgraph-kit/secrets';

/** HMAC-SHA256, base64url: 43 characters. */
const SIGNED = /^(.*[?&])signature=([A-Za-z0-9_-]{43})$/;

/**
 * Signs paths with their query: everything before `signature=`. Nothing is decoded before the
 * comparison, so each URL has only one valid form.
 * @param secrets the first one signs, all are accepted, so that a secret can be replaced
 * @param purpose a signature for one purpose is invalid for others
 */
export function createUrlSignature({
  secrets,
  purpose,
}: {
  secrets: readonly string[];
  purpose: string;
}) {
  // Creating a key from bytes for each signature would take longer than signing.
  const keys = secrets.map((secret) => createSecretKey(deriveKey(secret, purpose)));
  const [signingKey] = keys;
  if (!signingKey) throw new Error('At least one secret is needed to sign URLs.');

  return {
    /** `unsigned` ends in `?` or `&`. */
    sign: (unsigned: string): string => `${unsigned}signature=${signatureOf(unsigned, signingKey)}`,
    isSigned(pathAndQuery: string): boolean {
      const [, unsigned = '', given] = SIGNED.exec(pathAndQuery) ?? [];
      if (given === undefined) return false;
      return keys.map((key) => isSame(signatureOf(unsigned, key), given)).includes(true);
    },
  };
}

const signatureOf = (text: string, key: KeyObject) =>
  createHmac('sha256', key).update(text).digest('base64url');

/** In constant time, so that an attacker cannot find the position of the difference. */
const isSame = (a: string, b: string) => timingSafeEqual(Buffer.from(a), Buffer.from(b));
