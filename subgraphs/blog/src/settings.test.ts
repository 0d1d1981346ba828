import { readConsumerSettings } from '@federated-media/media-consumer/settings';
import { expect, test } from 'vitest';
import { blog } from './subgraph.ts';

const secret = 'a-secret-for-tests-of-32-characters';

test('reports all invalid settings at once', async () => {
  const env = { BLOG_DATABASE_URL: 'mysql://localhost/b', BLOG_PORT: '70000', CMS_TIMEOUT_MS: '0' };
  const reading = readConsumerSettings(blog, env);
  for (const name of Object.keys(env)) await expect(reading).rejects.toThrow(name);
});

test('requires a database, and has defaults for everything else', async () => {
  await expect(readConsumerSettings(blog, { INTERNAL_SECRET: secret })).rejects.toThrow(
    'BLOG_DATABASE_URL',
  );
  const env = { BLOG_DATABASE_URL: 'postgres://localhost/b', INTERNAL_SECRET: secret };
  expect(await readConsumerSettings(blog, env)).toMatchObject({
    database: {
      url: 'postgres://localhost/b',
      directUrl: 'postgres://localhost/b',
      isPooled: false,
    },
    hosting: { port: 4004 },
    cms: { consumer: 'blog', url: 'http://127.0.0.1:4001', timeoutMs: 3_000 },
  });
});
