import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { dropDatabase, withClient, withDatabase } from '@federated-media/migrations/databases';
import { mintClientToken } from '@federated-media/stack/client-token';
import { freePort } from '@federated-media/stack/ports';
import { type ModuleProcess, startModule } from '@federated-media/stack/stack/module-process';
import { createTestDatabase } from '@federated-media/stack/test-database';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { expect, inject, onTestFinished, test } from 'vitest';

const program = fileURLToPath(new URL('run.ts', import.meta.url));
const preload = fileURLToPath(new URL('testing/dead-address-first.mjs', import.meta.url));
const SECRET = 'a-secret-of-the-test-with-32-characters';

/** What every process of production needs. */
const PRODUCTION = {
  PATH: process.env['PATH'],
  NODE_ENV: 'production',
  INTERNAL_SECRET: SECRET,
  URL_SIGNING_SECRET: SECRET,
  SHUTDOWN_DELAY_MS: '0',
};

type Settings = Record<string, string | undefined>;

function start(args: readonly string[], env: Settings): ModuleProcess {
  const started = startModule(
    { name: args[0] ?? '', main: program, args },
    { env: { ...PRODUCTION, ...env }, output: 'collect', stopWithinMs: 20_000 },
  );
  onTestFinished(() => started.stop());
  return started;
}

/** The output of a command that ends by itself. */
async function run(args: readonly string[], env: Settings = {}) {
  const started = start(args, env);
  const ended = await started.ended;
  return { ended, lines: started.lines() };
}

async function emptyDatabase(): Promise<string> {
  const url = withDatabase(inject('postgresUrl'), `test_${randomUUID().replaceAll('-', '')}`);
  onTestFinished(() => dropDatabase(url));
  return url;
}

async function catalogDatabase(): Promise<string> {
  const database = await createTestDatabase('catalog');
  onTestFinished(() => database.drop());
  return database.url;
}

const addMigration = (url: string, name: string) =>
  withClient(url, (client) =>
    client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, '', $2, now(), now(), 1)`,
      [randomUUID(), name],
    ),
  );

test('two migrators at once apply each migration once, and a third finds nothing to apply', async () => {
  const env = { CATALOG_DATABASE_URL: await emptyDatabase() };
  const both = await Promise.all([
    run(['migrate', 'catalog'], env),
    run(['migrate', 'catalog'], env),
  ]);
  for (const { ended, lines } of both) expect(ended, lines.join('\n')).toBe('exit code 0');
  expect(await run(['migrate', 'catalog'], env)).toEqual({
    ended: 'exit code 0',
    lines: ['catalog: nothing to apply'],
  });
  const { rows } = await withClient(env.CATALOG_DATABASE_URL, (client) =>
    client.query('SELECT migration_name FROM _prisma_migrations'),
  );
  expect(new Set(rows.map(({ migration_name: name }) => name)).size).toBe(rows.length);
});

test('a process does not start before the migrations', async () => {
  const { ended, lines } = await run(['catalog'], { CATALOG_DATABASE_URL: await emptyDatabase() });
  expect(ended).toBe('exit code 1');
  expect(lines).toEqual([
    expect.stringMatching(
      /^The database of catalog lacks \d+ migrations, from \d{14}_init on\. Run `migrate` first\.$/,
    ),
  ]);
});

test('an older process runs with the migrations of a newer version, and reports them', async () => {
  const url = await catalogDatabase();
  await addMigration(url, '20991231000000_one_more_column');
  const older = start(['catalog'], { CATALOG_DATABASE_URL: url, CATALOG_PORT: '0' });
  const served = await older.ready;
  expect((await fetch(`${served}/health/ready`)).status).toBe(200);
  expect(older.lines().join('\n')).toContain('the database has migrations of a newer version');
});

test('an older process does not start after a migration that it cannot run with', async () => {
  const url = await catalogDatabase();
  await addMigration(url, '20991231000000_no_revisions_breaking');
  const { ended, lines } = await run(['catalog'], { CATALOG_DATABASE_URL: url });
  expect(ended).toBe('exit code 1');
  expect(lines).toEqual([
    'The database of catalog has the migration 20991231000000_no_revisions_breaking, which this older version cannot run with. Start a newer version.',
  ]);
});

test('a half-configured process reports every invalid setting, and serves nothing', async () => {
  const { ended, lines } = await run(['cms'], {
    INTERNAL_SECRET: 'short',
    URL_SIGNING_SECRET: '',
    CMS_PORT: '70000',
    PUBLIC_MEDIA_URL: 'media.example.com',
  });
  expect(ended).toBe('exit code 1');
  expect(lines).toEqual([
    'cms: Invalid settings:',
    '  - INTERNAL_SECRET: must be at least 32 characters',
    '  - CMS_PORT: must be a port, 0 to 65535',
    expect.stringMatching(/^ {2}- CMS_DATABASE_URL: must be a PostgreSQL URL/),
    '  - PUBLIC_MEDIA_URL: must be an http or https URL',
    '  - URL_SIGNING_SECRET: must be set in production',
  ]);
});

test('each mistake is one line', async () => {
  const closed = `postgres://nobody@127.0.0.1:${await freePort()}/catalog`;
  const lineOf = async (args: readonly string[], env: Settings = {}) => {
    const { ended, lines } = await run(args, env);
    expect(ended).toBe('exit code 1');
    return lines[0];
  };
  expect(await lineOf(['catalog'], { CATALOG_DATABASE_URL: closed })).toMatch(
    /^The database of catalog cannot be reached: connect ECONNREFUSED 127/,
  );
  expect(await lineOf(['migrate', 'catalog'])).toBe(
    'Nothing was migrated. Not set: CATALOG_DATABASE_URL.',
  );
  expect(await lineOf(['katalog'])).toMatch(/^Unknown command "katalog"\. Modules: gateway, /);
  expect(await lineOf(['gateway', 'verify'])).toBe('gateway has no command "verify".');
  expect(await lineOf(['health', 'catalog'], { CATALOG_PORT: `${await freePort()}` })).toMatch(
    /^http:\/\/127\.0\.0\.1:\d+\/health\/live does not respond/,
  );
});

const CLIENTS = {
  AUTH_JWT_SECRET: SECRET,
  AUTH_ISSUER: 'https://issuer.test',
  AUTH_AUDIENCE: 'shop',
};
const allAt = (host: string, port: string) =>
  ['cms', 'catalog', 'art-gallery', 'blog']
    .map((name) => `${name}=http://${host}:${port}/graphql`)
    .join();

test('a gateway with several workers reports all of them, and stops with them', async () => {
  const metricsToken = 'a-token-of-the-test-with-32-characters';
  const gateway = start(['gateway'], {
    ...CLIENTS,
    PORT: '0',
    GATEWAY_WORKERS: '2',
    METRICS_TOKEN: metricsToken,
    SUBGRAPHS: allAt('127.0.0.1', `${await freePort()}`),
  });
  const url = await gateway.ready;
  const headers = { authorization: `Bearer ${metricsToken}` };
  const metrics = await (await fetch(`${url}/metrics`, { headers })).text();
  for (const worker of ['primary', '1', '2']) {
    expect(metrics).toContain(`process_start_time_seconds{worker="${worker}"}`);
  }
  await gateway.stop();
  expect(await gateway.ended).toBe('exit code 0');
  const ready = gateway.lines().filter((line) => line.includes('"ready"'));
  expect(ready).toHaveLength(1);
});

test('a gateway with several workers reports each invalid setting once', async () => {
  const { ended, lines } = await run(['gateway'], { GATEWAY_WORKERS: '2', PORT: '70000' });
  expect(ended).toBe('exit code 1');
  expect(lines).toEqual([
    'gateway: Invalid settings:',
    '  - PORT: must be a port, 0 to 65535',
    '  - AUTH_ISSUER: must be set in production',
    '  - AUTH_AUDIENCE: must be set in production',
    '  - AUTH_JWKS_URL: this or AUTH_JWT_SECRET must be set in production',
  ]);
});

test('a gateway with another secret gets nothing from a subgraph, and both report it', async () => {
  const catalog = start(['catalog'], {
    CATALOG_DATABASE_URL: await catalogDatabase(),
    CATALOG_PORT: '0',
  });
  const { port } = new URL(await catalog.ready);
  const gateway = start(['gateway'], {
    ...CLIENTS,
    PORT: '0',
    INTERNAL_SECRET: 'another-secret-of-the-test-with-32-characters',
    SUBGRAPHS: allAt('127.0.0.1', port),
  });
  const request = { storeId: 'shop', scope: 'catalog:read', subject: 'ann', lifeSeconds: 60 };
  const token = await mintClientToken(request, { env: CLIENTS, dataDir: '' });
  const response = await fetch(`${await gateway.ready}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ product(sku: "A") { name } }' }),
  });
  const answer: unknown = await response.json();
  expect(answer).toMatchObject({
    data: { product: null },
    errors: [{ extensions: { code: 'INTERNAL' } }],
  });
  expect(JSON.stringify(answer)).not.toContain('INTERNAL_SECRET');
  const told = (process: ModuleProcess) => process.lines().join('\n');
  await expect.poll(() => told(gateway)).toContain('INTERNAL_SECRET must be the same there');
  expect(told(catalog)).toContain('"reason":"signature"');
});

test('a CMS with another secret for URLs does not start while one runs', async () => {
  const database = await createTestDatabase('cms');
  onTestFinished(() => database.drop());
  const folder = await temporaryFolder();
  const env = { CMS_DATABASE_URL: database.url, CMS_PORT: '0', DATA_DIR: folder };
  const first = start(['cms'], env);
  await first.ready;
  const other = { ...env, URL_SIGNING_SECRET: 'another-secret-of-the-test-with-32-characters' };
  const { ended, lines } = await run(['cms'], other);
  expect(ended, lines.join('\n')).toBe('exit code 1');
  expect(lines.filter((line) => !line.startsWith('{'))).toEqual([
    'cms: Invalid settings:',
    expect.stringMatching(/^ {2}- URL_SIGNING_SECRET: differs from that of the other processes/),
  ]);
  const forgotten = await run(['cms', 'forget-secrets'], other);
  expect(forgotten.ended, forgotten.lines.join('\n')).toBe('exit code 0');
  await start(['cms'], other).ready;
});

test.each([
  [['cms', 'verify', '--everything'], /^cms: Unknown option '--everything'/],
  [['cms', 'purge-trash', '--older-than-days', 'old'], /^cms: --older-than-days must be a whole/],
  [['cms', 'release-usages', 'one', 'two'], /^cms: Name one consumer/],
  [['cms', 'destroy'], /^cms: Unknown command "destroy"/],
  [['purge-relay'], /^ {2}- PURGE_RELAY_FOLDER: must be set/m],
])('%j is refused in words', async (args, reason) => {
  const env = {
    CMS_DATABASE_URL: 'postgresql://127.0.0.1:1/cms',
    DATA_DIR: await temporaryFolder(),
  };
  const { ended, lines } = await run(args, env);
  expect(ended).toBe('exit code 1');
  expect(lines.join('\n')).toMatch(reason);
  expect(lines.filter((line) => line.startsWith('{'))).toEqual([]);
});

test('a host is reached although the first of its IP addresses are dead', async () => {
  const catalog = start(['catalog'], {
    CATALOG_DATABASE_URL: await catalogDatabase(),
    CATALOG_PORT: '0',
  });
  const { port } = new URL(await catalog.ready);
  const gateway = start(['gateway'], {
    PORT: '0',
    DATA_DIR: await temporaryFolder(),
    ...CLIENTS,
    SUBGRAPHS: allAt('two.test', port),
    NODE_OPTIONS: `--import=${preload}`,
  });
  const url = await gateway.ready;
  await expect
    .poll(async () => (await fetch(`${url}/health/ready`)).status, { timeout: 30_000 })
    .toBe(200);
});
