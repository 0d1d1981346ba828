import { deriveKey } from '@federated-media/subgraph-kit/secrets';
import { SettingsError } from '@federated-media/subgraph-kit/settings';
import type { SecretRepository } from './secret-repository.ts';

const FINGERPRINT_BYTES = 16;

/** From it neither the secret nor the key that signs URLs can be computed. */
const fingerprintOf = (secret: string): string =>
  Buffer.from(deriveKey(secret, 'url-fingerprint').subarray(0, FINGERPRINT_BYTES)).toString(
    'base64url',
  );

/**
 * Compares the secrets with those of the other processes of the CMS, by fingerprints in the database. During a rotation
 * one of two secrets is the same.
 * @throws SettingsError when none is: URLs of this process would be invalid in the others
 */
export async function checkSecrets(
  secrets: readonly string[],
  repository: Pick<SecretRepository, 'replaceIfRelated'>,
): Promise<void> {
  if (await repository.replaceIfRelated(secrets.map(fingerprintOf))) return;
  throw new SettingsError([
    'URL_SIGNING_SECRET: differs from that of the other processes of the CMS. Use the same one or, for a rotation, first `old,new`. After `cms forget-secrets` any is accepted',
  ]);
}
