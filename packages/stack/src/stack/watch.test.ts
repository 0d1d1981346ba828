import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { watchSources, type Change } from './watch.ts';

let root: string;
let changes: Change[];
let stop: () => Promise<void>;
let onChange: (change: Change) => Promise<void>;

beforeEach(async () => {
  root = await temporaryFolder();
  const folders = ['gateway/src', 'prisma/cms/migrations', 'subgraphs/cms/src/generated'];
  const consumer = ['prisma/blog', 'subgraphs/blog/src', 'packages/media-consumer/src/cms'];
  const packages = ['packages/subgraph-kit/src', 'packages/multipart/src'];
  for (const folder of [...folders, ...consumer, ...packages]) {
    await mkdir(join(root, folder), { recursive: true });
  }
  changes = [];
  onChange = (change) => {
    changes.push(change);
    return Promise.resolve();
  };
  stop = await watchSources(['cms', 'blog'], (change) => onChange(change), root);
});

afterEach(async () => {
  await stop();
  await rm(root, { recursive: true });
});

test.for([
  ['gateway/src/server.ts', ['gateway'], false],
  ['subgraphs/cms/src/upload.ts', ['cms'], false],
  ['subgraphs/cms/src/schema.graphql', ['cms'], true],
  ['prisma/cms/schema.prisma', ['cms'], true],
  ['packages/subgraph-kit/src/server.ts', ['cms', 'blog', 'gateway'], false],
  ['packages/media-consumer/src/claims.ts', ['blog'], false],
  ['packages/media-consumer/src/cms/claim.graphql', ['blog'], true],
] as const)('a change of %s affects %j', async ([file, modules, regenerate]) => {
  await write(file);
  await expect.poll(() => changes).toEqual([{ modules: new Set(modules), regenerate }]);
});

test('combines changes at the same time, and ignores generated files and tests', async () => {
  await write('subgraphs/cms/src/generated/graphql.ts');
  await write('subgraphs/cms/src/upload.test.ts');
  await write('prisma/cms/migrations/notes.md');
  await write('subgraphs/cms/src/upload.ts');
  await write('subgraphs/cms/src/media.ts');
  await expect.poll(() => changes).toEqual([{ modules: new Set(['cms']), regenerate: false }]);
});

test('detects each change of a file that an editor replaces', async () => {
  for (const count of [1, 2, 3]) {
    await write('subgraphs/cms/src/upload.ts~');
    await rename(
      join(root, 'subgraphs/cms/src/upload.ts~'),
      join(root, 'subgraphs/cms/src/upload.ts'),
    );
    await expect.poll(() => changes).toHaveLength(count);
  }
});

test('detects a file in a new folder and a removed file', async () => {
  await mkdir(join(root, 'subgraphs/cms/src/trash'));
  await write('subgraphs/cms/src/trash/service.ts');
  await expect.poll(() => changes).toHaveLength(1);
  await rm(join(root, 'subgraphs/cms/src/trash/service.ts'));
  await expect.poll(() => changes).toHaveLength(2);
});

test('a change during the processing of another one waits', async () => {
  const work = Promise.withResolvers<void>();
  onChange = (change) => {
    changes.push(change);
    return work.promise;
  };
  await write('subgraphs/cms/src/upload.ts');
  await expect.poll(() => changes).toHaveLength(1);
  await write('gateway/src/server.ts');
  work.resolve();
  await expect
    .poll(() => changes.map(({ modules }) => [...modules]))
    .toEqual([['cms'], ['gateway']]);
});

function write(file: string): Promise<void> {
  return writeFile(join(root, file), String(Math.random()));
}

test('watches only the CMS if the package for consumers does not exist', async () => {
  await stop();
  await rm(join(root, 'packages/media-consumer'), { recursive: true });
  stop = await watchSources(['cms'], (change) => onChange(change), root);
  await write('subgraphs/cms/src/upload.ts');
  await expect.poll(() => changes).toEqual([{ modules: new Set(['cms']), regenerate: false }]);
});
