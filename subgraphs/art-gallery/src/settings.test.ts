import { readConsumerSettings } from '@federated-media/media-consumer/settings';
import { SettingsError } from '@federated-media/subgraph-kit/settings';
import { expect, test } from 'vitest';
import { artGallery } from './subgraph.ts';

const secret = 'a-secret-for-tests-of-32-characters';

test('reports all invalid settings at once', async () => {
  const error = await readConsumerSettings(artGallery, {
    ART_GALLERY_DATABASE_URL: 'mysql://localhost/gallery',
    ART_GALLERY_PORT: '70000',
    CMS_URL: 'cms',
  }).catch((reason: unknown) => reason);
  const problems = error instanceof SettingsError ? error.problems.join('\n') : '';
  for (const name of ['ART_GALLERY_PORT', 'ART_GALLERY_DATABASE_URL', 'CMS_URL']) {
    expect(problems).toContain(name);
  }
});

test('requires a database, and in production a secret', async () => {
  await expect(readConsumerSettings(artGallery, { INTERNAL_SECRET: secret })).rejects.toThrow(
    'ART_GALLERY_DATABASE_URL',
  );
  const env = { ART_GALLERY_DATABASE_URL: 'postgres://localhost/g', NODE_ENV: 'production' };
  await expect(readConsumerSettings(artGallery, env)).rejects.toThrow(
    'INTERNAL_SECRET: must be set in production',
  );
});

test('has defaults for everything else', async () => {
  const env = { ART_GALLERY_DATABASE_URL: 'postgres://localhost/g', INTERNAL_SECRET: secret };
  expect(await readConsumerSettings(artGallery, env)).toEqual({
    database: {
      url: 'postgres://localhost/g',
      directUrl: 'postgres://localhost/g',
      isPooled: false,
    },
    editUrl: null,
    hosting: {
      host: '127.0.0.1',
      port: 4003,
      maxBodyBytes: 1_000_000,
      telemetry: { metrics: { kind: 'loopback' }, slowOperationMs: 1_000, tracing: null },
      secrets: [secret],
    },
    cms: {
      consumer: 'art-gallery',
      url: 'http://127.0.0.1:4001',
      timeoutMs: 3_000,
      secrets: [secret],
    },
  });
});
