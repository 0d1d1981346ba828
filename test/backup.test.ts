import { cp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '@federated-media/stack/project';
import { startModule } from '@federated-media/stack/stack/module-process';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { expect, onTestFinished, test } from 'vitest';
import { copyDatabase, restoreDatabase } from './support/database-copy.ts';
import { openGraph } from './support/graph.ts';
import { plainJpeg } from './support/pictures.ts';
import { createShop } from './support/shop.ts';
import { openTestStack } from './support/stack.ts';

const STORE = 'backup';
const SUBGRAPHS = ['cms', 'catalog'];

/** A command of the image. */
async function run(args: readonly string[], env: Record<string, string | undefined>) {
  const program = join(projectRoot, 'packages/production/src/run.ts');
  const started = startModule(
    { name: args.join(' '), main: program, args },
    { env: { PATH: process.env['PATH'], ...env }, output: 'collect', stopWithinMs: 10_000 },
  );
  return { ended: await started.ended, printed: started.lines().join('\n') };
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

test('a backup of a running platform is restored elsewhere, compared and reconciled', async () => {
  const folder = await temporaryFolder();
  onTestFinished(() => rm(folder, { recursive: true }));
  const copied = join(folder, 'copied');
  const upload = async (graph: Awaited<ReturnType<typeof openGraph>>, hue: number) =>
    (await graph.upload(await plainJpeg(hue))).mediaFile!;

  // Backups of databases are never from the same moment, and objects are copied last.
  const before = await openTestStack({ subgraphs: SUBGRAPHS });
  onTestFinished(() => before.kill());
  const graph = await openGraph(before, STORE);
  const shop = createShop(graph);
  const [first, second, third] = [
    await upload(graph, 10),
    await upload(graph, 60),
    await upload(graph, 110),
  ];
  const product = await shop.product();
  expect(await shop.attach(product, first.id)).toEqual([]);
  expect(await shop.attach(product, second.id)).toEqual([]);
  const cms = await copyDatabase('cms', before.postgres.url('cms'));
  expect(await shop.detach(product, second.id)).toEqual([]);
  expect(await shop.attach(product, third.id)).toEqual([]);
  const late = await upload(graph, 160);
  expect(await shop.attach(product, late.id)).toEqual([]);
  const catalog = await copyDatabase('catalog', before.postgres.url('catalog'));
  await cp(join(before.dataDir, 'media'), copied, { recursive: true });
  const lost = (await filesBelow(copied)).find((path) => path.includes(first.id))!;
  await rename(lost, join(folder, 'lost'));
  await before.stop();

  const databases = [await restoreDatabase(cms), await restoreDatabase(catalog)] as const;
  onTestFinished(async () => void (await Promise.all(databases.map(({ drop }) => drop()))));
  const [cmsDatabase, catalogDatabase] = databases;
  const dataDir = join(folder, 'data');
  const env = {
    DATA_DIR: dataDir,
    CMS_DATABASE_URL: cmsDatabase.url,
    CATALOG_DATABASE_URL: catalogDatabase.url,
    STORAGE_URL: pathToFileURL(copied).href,
  };
  expect(await run(['migrate', 'cms', 'catalog'], env)).toMatchObject({ ended: 'exit code 0' });
  const verified = await run(['cms', 'verify', '--checksums'], env);
  expect(verified.ended, verified.printed).toBe('exit code 1');
  expect(verified.printed).toContain(first.id);
  expect(verified.printed).toMatch(/1 missing/);
  await rename(join(folder, 'lost'), lost);
  // What was uploaded after the backup of the database.
  const swept = await run(['cms', 'sweep', '--grace-hours', '0'], env);
  expect(swept.printed).toMatch(/Removed 1 unreferenced objects/);
  expect(await run(['cms', 'verify', '--checksums'], env)).toMatchObject({ ended: 'exit code 0' });

  const after = await openTestStack({ subgraphs: SUBGRAPHS, env });
  onTestFinished(() => after.stop());
  const restored = await openGraph(after, STORE);
  const restoredShop = createShop(restored);
  const counts = () =>
    Promise.all([first, second, third, late].map(({ id }) => restoredShop.usageCount(id)));
  // It leaves usages alone that are younger than ten seconds: their attachment may still be in progress.
  const reconcile = async () => {
    const { ended, printed } = await run(['catalog', 'reconcile'], {
      ...env,
      DATA_DIR: after.dataDir,
      CMS_URL: after.urls['cms'],
    });
    expect(ended, printed).toBe('exit code 0');
    return counts();
  };
  await expect.poll(reconcile, { timeout: 60_000, interval: 1_000 }).toEqual([1, 0, 1, undefined]);
  await expect.poll(() => restoredShop.onProduct(product)).toEqual([first.id, third.id]);
  expect(await restoredShop.trash(third.id)).toEqual(['MEDIA_IN_USE']);
  expect(await restoredShop.trash(second.id)).toEqual([]);
  const [url] = await restoredShop.pictures();
  expect((await fetch(url!)).status).toBe(200);
});
