import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { projectRoot } from '@federated-media/stack/project';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { runCommand } from './command.ts';

/** Every rule of .dependency-cruiser.mjs, with an import that it must reject. */
const forbidden: Record<string, [from: string, to: string]> = {
  'subgraphs-are-strangers': ['subgraphs/cms/src/a.ts', 'subgraphs/catalog/src/product/service.ts'],
  'subgraphs-know-no-gateway': ['subgraphs/cms/src/b.ts', 'gateway/src/plan.ts'],
  'gateway-knows-no-subgraph': ['gateway/src/c.ts', 'subgraphs/cms/src/upload/service.ts'],
  'kit-is-the-bottom': ['packages/subgraph-kit/src/d.ts', 'gateway/src/plan.ts'],
  'multipart-stands-alone': ['packages/multipart/src/e.ts', 'packages/subgraph-kit/src/ids.ts'],
  'client-stands-alone': ['packages/client/src/o.ts', 'packages/subgraph-kit/src/ids.ts'],
  'examples-are-clients': ['examples/shop/src/p.ts', 'packages/subgraph-kit/src/ids.ts'],
  'nobody-needs-examples': ['test/q.ts', 'examples/shop/src/p.ts'],
  'apps-are-clients': ['apps/library/src/t.ts', 'gateway/src/plan.ts'],
  'apps-are-served': ['gateway/src/u.ts', 'apps/library/src/ok.ts'],
  'media-consumer-knows-no-consumer': [
    'packages/media-consumer/src/j.ts',
    'subgraphs/catalog/src/product/service.ts',
  ],
  'cms-is-no-consumer': ['subgraphs/cms/src/k.ts', 'packages/media-consumer/src/intents.ts'],
  'stack-starts-processes': ['packages/stack/src/f.ts', 'gateway/src/plan.ts'],
  'stack-is-for-tools': ['subgraphs/cms/src/g.ts', 'packages/stack/src/stack.ts'],
  'migrations-know-no-subgraph': [
    'packages/migrations/src/r.ts',
    'subgraphs/cms/src/upload/service.ts',
  ],
  'production-loads-by-path': ['packages/production/src/s.ts', 'gateway/src/plan.ts'],
  'nobody-needs-tests': ['gateway/src/h.ts', 'gateway/src/plan.test.ts'],
  'resolvers-ask-services': [
    'subgraphs/cms/src/x/resolvers.ts',
    'subgraphs/cms/src/x/repository.ts',
  ],
  'services-know-no-resolvers': [
    'subgraphs/cms/src/x/service.ts',
    'subgraphs/cms/src/x/resolvers.ts',
  ],
  'repositories-know-no-services': [
    'subgraphs/cms/src/y/repository.ts',
    'subgraphs/cms/src/upload/service.ts',
  ],
  'sql-in-repositories': [
    'subgraphs/cms/src/z/service.ts',
    'subgraphs/cms/src/generated/prisma/client.ts',
  ],
  'cms-loads-no-prisma': [
    'subgraphs/cms/src/n/repository.ts',
    'subgraphs/cms/src/generated/prisma/enums.ts',
  ],
  'cms-arrows-point-down': ['subgraphs/cms/src/storage/l.ts', 'subgraphs/cms/src/files/m.ts'],
  'no-cycles': ['gateway/src/cycle-a.ts', 'gateway/src/cycle-b.ts'],
  'imports-exist': ['gateway/src/i.ts', 'gateway/src/nowhere.ts'],
};

const allowed: [from: string, to: string][] = [
  ['gateway/src/cycle-b.ts', 'gateway/src/cycle-a.ts'],
  ['gateway/src/ok.ts', 'packages/subgraph-kit/src/ids.ts'],
  ['subgraphs/cms/src/ok.test.ts', 'packages/stack/src/stack.ts'],
  ['subgraphs/cms/src/ok/resolvers.ts', 'subgraphs/cms/src/upload/service.ts'],
  ['subgraphs/cms/src/ok/service.ts', 'subgraphs/cms/src/ok/repository.ts'],
  ['subgraphs/blog/src/ok/repository.ts', 'subgraphs/blog/src/generated/prisma/client.ts'],
  ['subgraphs/cms/src/ok/purge-repository.ts', 'node_modules/pg/index.js'],
  ['subgraphs/blog/src/subgraph.ts', 'node_modules/pg/index.js'],
  ['subgraphs/cms/src/usage/change-feed/change-listener.ts', 'node_modules/pg/index.js'],
  ['subgraphs/cms/src/files/ok.ts', 'subgraphs/cms/src/storage/ok.ts'],
  ['subgraphs/cms/src/files/ok.test.ts', 'subgraphs/cms/src/intake/ok.ts'],
  ['test/ok.ts', 'packages/stack/src/stack.ts'],
  ['apps/library/src/ok.ts', 'packages/client/src/index.ts'],
  ['examples/shop/src/ok.ts', 'packages/client/src/index.ts'],
];

let folder: string;
let report: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arrows-'));
  const files = new Map<string, string>();
  for (const [from, to] of [...allowed, ...Object.values(forbidden)]) {
    if (!to.endsWith('nowhere.ts')) files.set(to, files.get(to) ?? '');
    files.set(
      from,
      `${files.get(from) ?? ''}import '${'../'.repeat(from.split('/').length - 1)}${to}';\n`,
    );
  }
  files.set('tsconfig.json', '{}');
  files.set('subgraphs/cms/package.json', '{ "name": "cms" }');
  files.set('subgraphs/cms/src/decode.ts', "import 'sharp';\n");
  files.set('subgraphs/cms/src/another.ts', "import 'sharp';\n");
  files.set('node_modules/sharp/package.json', '{ "name": "sharp", "main": "index.js" }');
  files.set('node_modules/sharp/index.js', '');

  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const config = join(projectRoot, '.dependency-cruiser.mjs');
  const options = [
    '--config',
    config,
    '--output-type',
    'err',
    'apps',
    'examples',
    'gateway',
    'packages',
    'subgraphs',
    'test',
  ];
  ({ report } = await runCommand('depcruise', options, { cwd: folder }));
});

afterAll(() => rm(folder, { recursive: true }));

test.each(Object.entries(forbidden))('%s is enforced', (rule, [from]) => {
  expect(report).toMatch(new RegExp(`error ${rule}: ${from}`));
});

test('every rule has an example here', async () => {
  const config = await import(join(projectRoot, '.dependency-cruiser.mjs'));
  const names = config.default.forbidden.map((rule: { name: string }) => rule.name);
  const elsewhere = ['one-file-decodes-pictures', 'dependencies-are-declared'];
  expect(new Set(names)).toEqual(new Set([...Object.keys(forbidden), ...elsewhere]));
});

test('the files that may use the database without being repositories exist and use it', async () => {
  const config = await import(join(projectRoot, '.dependency-cruiser.mjs'));
  const paths: string[] = config.otherDatabaseFiles;
  for (const path of paths)
    expect(await readFile(join(projectRoot, path), 'utf8'), path).toMatch(/ from 'pg';/);
});

test('rejects a second file of the CMS that imports sharp', () => {
  expect(report).toMatch(/error one-file-decodes-pictures: node_modules\/sharp/);
});

test('rejects an undeclared dependency', () => {
  expect(report).toMatch(/error dependencies-are-declared: subgraphs\/cms\/src\/decode.ts/);
});

test.each(allowed.filter(([from]) => !from.includes('cycle')))('%s may import %s', (from, to) => {
  expect(report).not.toContain(`${from} → ${to}`);
});
