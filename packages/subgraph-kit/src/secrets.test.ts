import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deriveKey, resolveSecret } from './secrets.ts';
import { SettingsError } from './settings.ts';

let dataDir = '';
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'secrets-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

const name = 'INTERNAL_SECRET';

test('concurrent processes create one secret that only its owner can read', async () => {
  const made = await Promise.all(
    Array.from({ length: 20 }, () => resolveSecret({ name, dataDir, production: false })),
  );
  expect(new Set(made.flat()).size).toBe(1);
  expect(await readdir(join(dataDir, 'secrets'))).toEqual(['internal-secret']);
  const { mode } = await stat(join(dataDir, 'secrets', 'internal-secret'));
  expect(mode & 0o777).toBe(0o600);
});

test('production does not create a secret', async () => {
  await expect(resolveSecret({ name, dataDir, production: true })).rejects.toThrow(SettingsError);
  expect(await readdir(dataDir)).toEqual([]);
});

test('rejects a short secret, also next to a long one', async () => {
  const configured = `${'x'.repeat(40)},short`;
  await expect(resolveSecret({ name, configured, dataDir, production: false })).rejects.toThrow(
    '32 characters',
  );
});

test('reads two secrets in their order', async () => {
  const configured = `${'a'.repeat(32)}, ${'b'.repeat(32)}`;
  const secrets = await resolveSecret({ name, configured, dataDir, production: true });
  expect(secrets).toEqual(['a'.repeat(32), 'b'.repeat(32)]);
});

test('keys of different purposes differ', () => {
  expect(deriveKey('s', 'one')).not.toEqual(deriveKey('s', 'two'));
  expect(deriveKey('s', 'one')).toEqual(deriveKey('s', 'one'));
});
