import { hkdfSync, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from './error-code.ts';
import { readIfExists } from './files.ts';
import { MIN_SECRET_LENGTH, SettingsError } from './settings.ts';

/**
 * A key for one purpose, so that whoever learns it learns no other.
 * HKDF-SHA256 (RFC 5869) with the purpose as `info`; 32 bytes.
 */
export const deriveKey = (secret: string, purpose: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, '', `federated-media/${purpose}`, 32));

/**
 * The secrets of a setting, the first of which signs while all are accepted (rotation: comma-separated).
 * In development a missing one is made once under `dataDir`, whichever process comes first.
 * @throws SettingsError in production when it is missing, and anywhere when it is too short
 */
export async function resolveSecret({
  name,
  configured,
  dataDir,
  production,
}: {
  name: string;
  configured?: string | undefined;
  dataDir: string;
  production: boolean;
}): Promise<readonly string[]> {
  const given = (configured ?? '')
    .split(',')
    .map((secret) => secret.trim())
    .filter(Boolean);
  if (given.some((secret) => secret.length < MIN_SECRET_LENGTH)) {
    throw new SettingsError([`${name}: must be at least ${MIN_SECRET_LENGTH} characters`]);
  }
  if (given.length > 0) return given;
  if (production) throw new SettingsError([`${name}: must be set in production`]);
  return [await readOrCreate(join(dataDir, 'secrets'), name.toLowerCase().replaceAll('_', '-'))];
}

/** Linking a finished file into place makes exactly one of several processes the maker. */
async function readOrCreate(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  const existing = await readIfExists(path);
  if (existing) return existing;

  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, `${name}.${randomBytes(6).toString('hex')}`);
  await writeFile(draft, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, path);
  } catch (cause) {
    if (!hasCode(cause, 'EEXIST')) throw cause;
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(path, 'utf8');
}
