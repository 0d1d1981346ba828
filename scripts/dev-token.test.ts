import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { closeAll, openPlatform } from '../gateway/src/testing/platform.ts';

const SECRET = 'a shared secret of the tests, long enough';

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'dev-token-'));
});
afterEach(closeAll);
afterAll(() => rm(dataDir, { recursive: true }));

test('a gateway with the same settings accepts the token', async () => {
  const env = { AUTH_JWT_SECRET: SECRET, AUTH_ISSUER: 'us', AUTH_AUDIENCE: 'graph' };
  const { code, stdout } = await devToken('--store my-shop --scope media:read,media:write', env);
  expect(code).toBe(0);

  const keys = { kind: 'secret', secret: SECRET } as const;
  const { url } = await openPlatform({ keys, issuer: 'us', audience: 'graph' });
  const ask = (token: string) =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: '{"query":"{ __typename }"}',
    });
  expect((await ask(stdout.trim())).status).toBe(200);
  expect((await ask(`${stdout.trim()}x`)).status).toBe(401);
});

test('writes the claims that the settings name, and accepts roles and `*`', async () => {
  const roles = {
    AUTH_STORE_CLAIM: 'https://shop.example/store',
    AUTH_SCOPE_CLAIM: 'realm.roles',
    AUTH_SCOPE_MAP: '{"editor": "media:read media:write"}',
  };
  const { stdout } = await devToken('--store demo --scope editor', roles);
  const [, payload = ''] = stdout.split('.');
  expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
    'https://shop.example/store': 'demo',
    'realm.roles': 'editor',
  });
  expect((await devToken('--store demo --scope *')).code).toBe(0);
});

test.each([
  [
    '--store demo --scope media:raed,media:write',
    {},
    'Unknown scope "media:raed": no field requires it. Known scopes: blog:read blog:write catalog:read',
  ],
  ['--store demo --scope a"b', {}, 'is not a valid OAuth scope'],
  ['--store ../demo --scope media:read', {}, 'Invalid store "../demo"'],
  [`--store ${'x'.repeat(65)} --scope media:read`, {}, 'Use 1 to 64 letters'],
  [`--store demo --scope media:read --subject ${'x'.repeat(256)}`, {}, 'sub is empty, too long'],
  ['--store demo --scope media:read --hours 25', {}, 'older than AUTH_TOKEN_MAX_AGE_SECONDS'],
  [
    '--store demo --scope media:read --hours 2',
    { AUTH_TOKEN_MAX_AGE_SECONDS: '3600' },
    'rejects this token before it expires',
  ],
  ['--store demo --scope *', { AUTH_JWT_SECRET: SECRET }, 'The gateway ignores the scope "*"'],
  [
    '--store demo --scope editor',
    { AUTH_SCOPE_MAP: '{"editor": "media:raed"}' },
    'Unknown scope "media:raed"',
  ],
  ['--store demo --scope media:read', { AUTH_SCOPE_MAP: 'editor' }, 'AUTH_SCOPE_MAP: must be JSON'],
  ['--store demo --scope media:read', { AUTH_STORE_CLAIM: 'sub' }, 'The gateway reads the store'],
  ['--store demo --scope media:read', { AUTH_JWKS_URL: 'https://id/keys' }, 'AUTH_JWKS_URL is set'],
  [
    '--store demo --scope media:read',
    { NODE_ENV: 'production', AUTH_JWT_SECRET: 'short' },
    'AUTH_JWT_SECRET: must be at least 32',
  ],
])('refuses %s with %j', async (args, env, reason) => {
  expect(await devToken(args, env)).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining(reason),
  });
});

test.each(['0', '-1', 'NaN', 'Infinity', '745', '1e300', 'two', '0.0001'])(
  'refuses a lifetime of %s hours',
  async (hours) => {
    const refused = await devToken(`--store demo --scope media:read --hours=${hours}`);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain(
      `--hours must be a number above 0, at most 744, not "${hours}"`,
    );
  },
);

test.each(['--scope media:read', '--store demo', '--store demo --scope ,'])(
  'refuses %s, which is not enough',
  async (args) => {
    expect((await devToken(args)).stderr).toMatch(/^Missing --(?:store|scope), for example/);
  },
);

async function devToken(args: string, env: Record<string, string> = {}) {
  const script = fileURLToPath(new URL('dev-token.ts', import.meta.url));
  const options = { env: { PATH: process.env['PATH'], DATA_DIR: dataDir, ...env } };
  try {
    const run = await promisify(execFile)(process.execPath, [script, ...args.split(' ')], options);
    return { code: 0, ...run };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}
