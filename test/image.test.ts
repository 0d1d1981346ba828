import { rm } from 'node:fs/promises';
import { freePort } from '@federated-media/stack/ports';
import { projectRoot } from '@federated-media/stack/project';
import { createTestDatabase } from '@federated-media/stack/test-database';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { openGraph } from './support/graph.ts';
import { type Image, buildImage, noImages, unreachableIn } from './support/image.ts';
import { plainJpeg } from './support/pictures.ts';

const BUILD_MS = 1_200_000;
const SECRET = 'a-secret-of-the-test-with-32-characters';
const TOKENS = {
  AUTH_JWT_SECRET: SECRET,
  AUTH_ISSUER: 'https://issuer.test',
  AUTH_AUDIENCE: 'media',
};

let folder: string;
let image: Image | undefined;

let reason = noImages;

beforeAll(async () => {
  if (reason) return;
  folder = await temporaryFolder();
  try {
    image = await buildImage(folder);
  } catch (error) {
    reason = unreachableIn(error);
    if (reason === null) throw error;
  }
}, BUILD_MS);
beforeEach(({ skip }) => {
  if (reason) skip(reason);
});
afterAll(async () => {
  await image?.remove();
  if (folder) await rm(folder, { recursive: true });
});

/** The container reaches the database by TCP: the socket is not in it. */
function overTcp(url: string): string {
  const changed = new URL(url);
  changed.search = '';
  changed.hostname = '127.0.0.1';
  return changed.href;
}

test('the image is not larger than the documentation states, and runs as a user without rights', async () => {
  const { config, megabytes } = image!;
  expect(config.User).toBe('10001:10001');
  expect(await megabytes()).toBeLessThan(1_300);
});

test('containers with a read-only root serve an image that was uploaded through the gateway', async () => {
  const database = await createTestDatabase('cms');
  const [cmsPort, port] = [await freePort(), await freePort()];
  const common = { INTERNAL_SECRET: SECRET, HOST: '127.0.0.1', SHUTDOWN_DELAY_MS: '0' };
  const cmsEnv = {
    ...common,
    CMS_PORT: `${cmsPort}`,
    CMS_DATABASE_URL: overTcp(database.url),
    URL_SIGNING_SECRET: SECRET,
  };
  const migration = image!.start(['migrate', 'cms'], cmsEnv);
  expect(await migration.ended, migration.lines.join('\n')).toEqual([0, null]);
  expect(migration.lines).toEqual(['cms: nothing to apply']);

  const startedAt = performance.now();
  const cms = image!.start(['cms'], cmsEnv);
  const subgraphs = ['cms', 'catalog', 'art-gallery', 'blog'];
  const gateway = image!.start(['gateway'], {
    ...common,
    ...TOKENS,
    PORT: `${port}`,
    // Consumers are not asked in this test.
    SUBGRAPHS: subgraphs.map((name) => `${name}=http://127.0.0.1:${cmsPort}/graphql`).join(),
  });
  const gatewayUrl = `http://127.0.0.1:${port}`;
  const isReady = async () =>
    (await fetch(`${gatewayUrl}/health/ready`).catch(() => ({ status: 0 }))).status;
  await expect.poll(isReady, { timeout: 60_000 }).toBe(200);
  process.stdout.write(
    `Two containers were ready after ${Math.round(performance.now() - startedAt)} ms, of ${await image!.megabytes()} MB.\n`,
  );

  const graph = await openGraph({ gatewayUrl, dataDir: folder }, 'image', { env: TOKENS });
  const { mediaFile } = await graph.upload(await plainJpeg(10));
  const query = 'query ($id: ID!) { mediaFile(id: $id) { url(transform: { width: 20 }) } }';
  const answer = z.object({ data: z.object({ mediaFile: z.object({ url: z.string() }) }) });
  const { data } = answer.parse(await graph.ask(query, { id: mediaFile!.id }));
  const { hostname } = new URL(data.mediaFile.url);
  expect(hostname).toBe('127.0.0.1');
  const rendition = await fetch(data.mediaFile.url, { headers: { accept: 'image/webp' } });
  expect(rendition.status, cms.lines.join('\n')).toBe(200);
  const { width, format } = await sharp(await rendition.arrayBuffer()).metadata();
  expect({ width, format }).toEqual({ width: 20, format: 'webp' });

  expect(await cms.checkHealth()).toBe(0);
  expect(await cms.exec(['touch', '/app/written'])).not.toBe(0);
  expect(await cms.exec(['touch', '/data/written'])).toBe(0);
  expect(await cms.exec(['ffmpeg', '-version'])).toBe(0);
  expect(await gateway.checkHealth()).toBe(0);
  await Promise.all([gateway.stop(), cms.stop()]);
  expect(cms.lines.join('\n')).not.toContain(projectRoot);
  await database.drop();
});
