import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UnauthenticatedError } from './errors.ts';
import { createTokenMinter, createTokenVerifier } from './identity.ts';
import {
  type InternalSecrets,
  formatKeys,
  keysOfConsumer,
  keysOfSubgraph,
  resolveInternalSecrets,
} from './internal-keys.ts';
import { SettingsError, requiredInProduction, platformSettings, readSettings } from './settings.ts';
import { z } from 'zod';

const OLD = 'the shared secret of at least thirty-two characters';
const NEW = 'the next secret of at least thirty-two characters';
const OF_CATALOG = ['gateway/catalog', 'catalog/cms'] as const;
const OF_CMS = ['gateway/cms', 'gateway-cache/cms', 'catalog/cms', 'blog/cms'] as const;
const claims = { subject: 'ann', storeId: 'demo', scope: 'media:read' };

let dataDir = '';
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'keys-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

const settings = requiredInProduction(z.object(platformSettings), ['INTERNAL_SECRET']);
/** As a module reads them, in production. */
const resolve = (env: Record<string, string>, needed = keysOfConsumer('catalog')) =>
  resolveInternalSecrets(
    readSettings(settings, { NODE_ENV: 'production', DATA_DIR: dataDir, ...env }),
    needed,
  );
const keysOf = (
  names: Parameters<typeof formatKeys>[1],
  needed: Parameters<typeof resolve>[1],
  secrets: readonly string[] = [OLD],
) => resolve({ INTERNAL_KEYS: formatKeys(secrets, names) }, needed);

/** Whether a token of `issuer` for the CMS, signed with `secrets`, is accepted with `accepted`. */
async function isAccepted(issuer: string, secrets: InternalSecrets, accepted: InternalSecrets) {
  const token = await createTokenMinter({ secrets, issuer }).mint({ ...claims, audience: 'cms' });
  const verifier = createTokenVerifier({ secrets: accepted, audience: 'cms' });
  try {
    return (await verifier.verify(`Bearer ${token}`)).issuer === issuer;
  } catch (error) {
    expect(error).toBeInstanceOf(UnauthenticatedError);
    return false;
  }
}

test('modules with their own keys work together, and with those that have the shared secret', async () => {
  const catalog = await keysOf(OF_CATALOG, keysOfConsumer('catalog'));
  const cms = await keysOf(OF_CMS, keysOfSubgraph('cms'));
  expect(await isAccepted('catalog', catalog, cms)).toBe(true);
  expect(await isAccepted('catalog', catalog, [OLD])).toBe(true);
  expect(await isAccepted('catalog', [OLD], cms)).toBe(true);
  expect(await isAccepted('gateway', [OLD], cms)).toBe(true);
});

test('the catalog has no key to act as the blog or the gateway, also by another name', async () => {
  const catalog = await keysOf(OF_CATALOG, keysOfConsumer('catalog'));
  for (const issuer of ['blog', 'gateway', 'gateway-cache']) {
    const minter = createTokenMinter({ secrets: catalog, issuer });
    expect(() => minter.requireKey('cms')).toThrow(`INTERNAL_KEYS: the key ${issuer}/cms`);
    await expect(minter.mint({ ...claims, audience: 'cms' })).rejects.toThrow(SettingsError);
  }
  const key = (catalog as Exclude<InternalSecrets, readonly string[]>).get('catalog/cms')!;
  const forged = new Map([['blog/cms', key]]);
  const cms = await keysOf(OF_CMS, keysOfSubgraph('cms'));
  expect(await isAccepted('blog', forged, cms)).toBe(false);
});

test('a module without a key of an issuer accepts none of its tokens', async () => {
  const cms = await keysOf(['gateway/cms'], keysOfSubgraph('cms'));
  expect(await isAccepted('catalog', [OLD], cms)).toBe(false);
  expect(await isAccepted('gateway', [OLD], cms)).toBe(true);
});

test('keys are replaced in three steps, in any order of the modules', async () => {
  const steps = [[OLD], [OLD, NEW], [NEW, OLD], [NEW]];
  for (const [index, step] of steps.entries()) {
    for (const other of steps.slice(Math.max(0, index - 1), index + 2)) {
      const catalog = await keysOf(OF_CATALOG, keysOfConsumer('catalog'), step);
      const cms = await keysOf(OF_CMS, keysOfSubgraph('cms'), other);
      expect(await isAccepted('catalog', catalog, cms)).toBe(true);
    }
  }
  const [first, last] = [await keysOf(OF_CATALOG, keysOfConsumer('catalog')), [NEW]];
  expect(await isAccepted('catalog', first, last)).toBe(false);
});

const own = formatKeys([OLD], OF_CATALOG);
const gatewayKey = formatKeys([OLD], ['gateway/catalog']);
test.each([
  ['both settings', { INTERNAL_SECRET: OLD, INTERNAL_KEYS: own }, 'together with INTERNAL_SECRET'],
  ['neither', {}, 'INTERNAL_SECRET: must be set in production, or INTERNAL_KEYS'],
  ['a missing key', { INTERNAL_KEYS: gatewayKey }, 'the key catalog/cms is missing'],
  [
    'a key of another module',
    { INTERNAL_KEYS: `${own},${formatKeys([OLD], ['blog/cms'])}` },
    'blog/cms is a key of another module',
  ],
  ['a short key', { INTERNAL_KEYS: `${own},catalog/cms=c2hvcnQ` }, 'entry 3 must be'],
  ['no key', { INTERNAL_KEYS: 'nonsense' }, 'entry 1 must be'],
])('refuses %s', async (_what, env, message) => {
  const refused = async () => resolve(env);
  await expect(refused()).rejects.toThrow(message);
  await expect(refused()).rejects.not.toThrow('c2hvcnQ');
  expect(await readdir(dataDir)).toEqual([]);
});
