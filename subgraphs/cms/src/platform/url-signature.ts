import { type KeyObject, createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { deriveKey } from '@federated-media/subgraph-kit/secrets';

/** HMAC-SHA256, base64url: 43 characters. */
const SIGNED = /^(.*[?&])signature=([A-Za-z0-9_-]{43})$/;

/**
 * Signs paths with their query, all of it before `signature=`. Comparing the text itself and decoding
 * nothing leaves no second spelling of an address.
 * @param secrets the first signs, all are accepted, so that one can be exchanged
 * @param purpose a signature made for one is worth nothing for another
 */
export function createUrlSignature({
  secrets,
  purpose,
}: {
  secrets: readonly string[];
  purpose: string;
}) {
  // As bytes, it would be made a key again for every signature, which takes longer than signing.
  const keys = secrets.map((secret) => createSecretKey(deriveKey(secret, purpose)));
  const [signingKey] = keys;
  if (!signingKey) throw new Error('At least one secret is needed to sign addresses.');

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

/** In a time that says nothing about where they differ. */
const isSame = (a: string, b: string) => timingSafeEqual(Buffer.from(a), Buffer.from(b));
