import type { z } from 'zod';
import { deriveKey, resolveSecret } from './secrets.ts';
import { SettingsError, isProduction, type platformSettings } from './settings.ts';

const KEY_BYTES = 32;
const ENTRY = /^([a-z][a-z0-9-]{0,63})\/([a-z][a-z0-9-]{0,63})=([\w-]+)$/;

/** Issuer and audience of tokens: `catalog/cms` for the requests of the catalog to the CMS. */
export type KeyName = `${string}/${string}`;

/** Keys by `KeyName`. The first one signs, all are accepted. */
export type InternalKeys = ReadonlyMap<string, readonly Uint8Array[]>;

/**
 * What modules sign and verify internal tokens with: shared secrets, from which every key can be derived, or the keys
 * of one module. The first secret or key signs, all are accepted.
 */
export type InternalSecrets = readonly string[] | InternalKeys;

const isKeys = (secrets: InternalSecrets): secrets is InternalKeys => secrets instanceof Map;

/** The keys of tokens that `issuer` signs for `audience`; empty without one. */
export const keysFor = (
  secrets: InternalSecrets,
  { issuer, audience }: { issuer: string; audience: string },
): readonly Uint8Array[] =>
  isKeys(secrets)
    ? (secrets.get(`${issuer}/${audience}`) ?? [])
    : secrets.map((secret) => deriveKey(secret, `token/${issuer}/${audience}`));

/** The value of INTERNAL_KEYS for a module: the keys with these names, as the secrets derive them. */
export const formatKeys = (secrets: readonly string[], names: readonly KeyName[]): string =>
  names
    .flatMap((name) =>
      secrets.map((secret) => {
        const key = deriveKey(secret, `token/${name}`);
        return `${name}=${Buffer.from(key).toString('base64url')}`;
      }),
    )
    .join(',');

/** The keys that a module has. */
export interface NeededKeys {
  /** The name of the module. */
  readonly module: string;
  /** It cannot work without them. */
  readonly names: readonly KeyName[];
  /** Whether a key with this name is for the module. */
  readonly isOwn: (name: KeyName) => boolean;
}

/** A subgraph verifies tokens for itself. */
export const keysOfSubgraph = (module: string): NeededKeys => ({
  module,
  names: [`gateway/${module}`],
  isOwn: (name) => name.endsWith(`/${module}`),
});

/** A consumer also signs tokens for the CMS. */
export const keysOfConsumer = (module: string): NeededKeys => ({
  module,
  names: [`gateway/${module}`, `${module}/cms`],
  isOwn: (name) => name.endsWith(`/${module}`) || name === `${module}/cms`,
});

type Given = Pick<
  z.output<z.ZodObject<typeof platformSettings>>,
  'NODE_ENV' | 'DATA_DIR' | 'INTERNAL_SECRET' | 'INTERNAL_KEYS'
>;

/**
 * INTERNAL_KEYS or INTERNAL_SECRET. In development a missing secret is created.
 * @throws SettingsError when both are set, keys are missing or invalid, or a key is for another module
 */
export async function resolveInternalSecrets(
  given: Given,
  needed: NeededKeys,
): Promise<InternalSecrets> {
  if (given.INTERNAL_KEYS === undefined) {
    return resolveSecret({
      name: 'INTERNAL_SECRET',
      configured: given.INTERNAL_SECRET,
      dataDir: given.DATA_DIR,
      production: isProduction(given),
    });
  }
  const problems = given.INTERNAL_SECRET === undefined ? [] : [BOTH];
  const keys = new Map<string, Uint8Array[]>();
  for (const [index, entry] of given.INTERNAL_KEYS.split(',').entries()) {
    const read = readKey(entry.trim());
    // Without its value, which may be a key.
    if (read === null) problems.push(`entry ${index + 1} ${INVALID}`);
    else if (!needed.isOwn(read.name)) problems.push(`${read.name} ${FOREIGN} ${needed.module}`);
    else keys.set(read.name, [...(keys.get(read.name) ?? []), read.key]);
  }
  for (const name of needed.names) if (!keys.has(name)) problems.push(missing(name));
  if (problems.length > 0) {
    throw new SettingsError(problems.map((problem) => `INTERNAL_KEYS: ${problem}`));
  }
  return keys;
}

export const missingKey = (name: KeyName) => new SettingsError([`INTERNAL_KEYS: ${missing(name)}`]);

const missing = (name: KeyName) => `the key ${name} is missing (\`pnpm internal:keys\` prints it)`;
const BOTH =
  'must not be set together with INTERNAL_SECRET, which contains the keys of all modules';
const INVALID = `must be <issuer>/<audience>=<key>, with a key of ${KEY_BYTES} bytes in base64url (\`pnpm internal:keys\` prints them)`;
const FOREIGN =
  'is a key of another module. Modules that share an environment use INTERNAL_SECRET. It must not be set for';

function readKey(entry: string): { name: KeyName; key: Uint8Array } | null {
  const [, issuer, audience, text = ''] = ENTRY.exec(entry) ?? [];
  const key = Buffer.from(text, 'base64url');
  if (key.length !== KEY_BYTES) return null;
  return { name: `${issuer}/${audience}`, key: new Uint8Array(key) };
}
