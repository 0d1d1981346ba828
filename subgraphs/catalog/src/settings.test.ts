import { readConsumerSettings } from '@federated-media/media-consumer/settings';
import { SettingsError } from '@federated-media/subgraph-kit/settings';
import { expect, test } from 'vitest';
import { catalog } from './subgraph.ts';

const secret = 'a-secret-for-tests-of-32-characters';
const enough = {
  CATALOG_DATABASE_URL: 'postgres://localhost/catalog',
  INTERNAL_SECRET: secret,
};

test('reports all invalid settings at once', async () => {
  const error = await readConsumerSettings(catalog, {
    CATALOG_DATABASE_URL: 'mysql://localhost/catalog',
    CATALOG_PORT: '70000',
    CMS_URL: 'cms',
    CMS_TIMEOUT_MS: 'soon',
    MAX_BODY_BYTES: 'much',
  }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SettingsError);
  const problems = error instanceof SettingsError ? error.problems.join('\n') : '';
  for (const name of [
    'CATALOG_DATABASE_URL',
    'CATALOG_PORT',
    'CMS_URL',
    'CMS_TIMEOUT_MS',
    'MAX_BODY_BYTES',
  ]) {
    expect(problems).toContain(name);
  }
});

test('requires a database, and in production a secret', async () => {
  await expect(readConsumerSettings(catalog, { INTERNAL_SECRET: secret })).rejects.toThrow(
    'CATALOG_DATABASE_URL',
  );
  const { INTERNAL_SECRET: _left, ...without } = enough;
  await expect(
    readConsumerSettings(catalog, { ...without, NODE_ENV: 'production', CATALOG_PORT: 'x' }),
  ).rejects.toThrow(/CATALOG_PORT[^]*INTERNAL_SECRET: must be set in production/);
});

test('has defaults for everything else', async () => {
  expect(await readConsumerSettings(catalog, enough)).toEqual({
    database: {
      url: 'postgres://localhost/catalog',
      directUrl: 'postgres://localhost/catalog',
      isPooled: false,
    },
    editUrl: null,
    hosting: {
      host: '127.0.0.1',
      port: 4002,
      maxBodyBytes: 1_000_000,
      telemetry: { metrics: { kind: 'loopback' }, slowOperationMs: 1_000, tracing: null },
      secrets: [secret],
    },
    cms: {
      consumer: 'catalog',
      url: 'http://127.0.0.1:4001',
      timeoutMs: 3_000,
      secrets: [secret],
    },
  });
});

test.each(['https://admin.example/products/{id}', 'http://localhost:3000/?product={id}#files'])(
  'accepts %s as the URL where products are edited',
  async (url) => {
    expect(await readConsumerSettings(catalog, { ...enough, CATALOG_EDIT_URL: url })).toMatchObject(
      {
        editUrl: url,
      },
    );
  },
);

test.each([
  'https://admin.example/products',
  'javascript:alert("{id}")',
  '/products/{id}',
  'https://admin.example:port/{id}',
  `https://admin.example/${'x'.repeat(500)}{id}`,
])('rejects %s as the URL where products are edited, in one line', async (url) => {
  await expect(
    readConsumerSettings(catalog, { ...enough, CATALOG_EDIT_URL: url }),
  ).rejects.toMatchObject({
    problems: [
      'CATALOG_EDIT_URL: must be an http or https URL with {id} for the id, at most 500 characters',
    ],
  });
});

test('accepts a slash at the end of the CMS’s URL', async () => {
  expect(
    await readConsumerSettings(catalog, { ...enough, CMS_URL: 'https://cms.example/' }),
  ).toMatchObject({
    cms: { url: 'https://cms.example' },
  });
});
