import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { allSubgraphs } from '@federated-media/stack/subgraphs';
import { afterEach, beforeEach, expect, test } from 'vitest';

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'start-'));
});

afterEach(() => rm(dataDir, { recursive: true }));

test('reports a port in use and what to do, before anything starts', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const env = {
    CMS_PORT: String(port),
    PORT: '0',
    CATALOG_PORT: '0',
    ART_GALLERY_PORT: '0',
    BLOG_PORT: '0',
  };
  expect(await start([], env)).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining(`Another program is listening on port ${port} (cms).`),
  });
  expect(await readdir(dataDir)).toEqual([]);
  server.close();
});

const names = allSubgraphs.map(({ name }) => name);

test('reports an invalid setting or option in one line without a stack', async () => {
  expect(await start([], { SUBGRAPHS: 'shop' })).toMatchObject({
    code: 1,
    stderr: `SUBGRAPHS: unknown subgraph "shop". Known subgraphs: ${names.join(', ')}.\n`,
  });
  expect((await start(['--wach'])).stderr).toMatch(/^Unknown option '--wach'\n\npnpm start/);
});

test('in production all settings of all modules are checked before anything starts', async () => {
  const env = {
    NODE_ENV: 'production',
    PROCESSES: 'several',
    CATALOG_PORT: 'seventy',
    UPLOAD_MAX_BYTES: 'plenty',
    BLOG_DATABASE_URL: 'mysql://blog',
    INTERNAL_SECRET: '',
    AUTH_JWKS_URL: '',
    AUTH_JWT_SECRET: '',
  };
  const { code, stdout, stderr } = await start([], env);
  expect(code).toBe(1);
  expect(stdout).not.toContain('PostgreSQL');
  const problems = stderr.split('\n').filter((line) => line.startsWith('  - '));
  const names = problems.map((line) => line.slice(4, line.indexOf(':'))).toSorted();
  expect(names, stderr).toEqual(
    [
      'ART_GALLERY_DATABASE_URL',
      'AUTH_AUDIENCE',
      'AUTH_ISSUER',
      'AUTH_JWKS_URL',
      'BLOG_DATABASE_URL',
      'CATALOG_DATABASE_URL',
      'CATALOG_PORT',
      'CMS_DATABASE_URL',
      'INTERNAL_SECRET',
      'PROCESSES',
      'UPLOAD_MAX_BYTES',
      'URL_SIGNING_SECRET',
    ].toSorted(),
  );
  expect(stderr).toMatch(/INTERNAL_SECRET: .* \(cms, catalog, art-gallery, blog, gateway\)/);
  expect(stderr).toMatch(/CATALOG_PORT: .* \(catalog\)/);
  expect(await readdir(dataDir)).toEqual([]);
});

test('--help prints the usage and starts nothing', async () => {
  const { code, stdout } = await start(['--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^pnpm start/);
  expect(await readdir(dataDir)).toEqual([]);
});

async function start(args: string[], env = {}) {
  const script = fileURLToPath(new URL('start.ts', import.meta.url));
  try {
    const options = { env: { ...process.env, DATA_DIR: dataDir, ...env } };
    const output = await promisify(execFile)(process.execPath, [script, ...args], options);
    return { code: 0, ...output };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}
