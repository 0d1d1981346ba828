/** Copies everything that processes of production need to a folder, without packages of the registry: for the image. */
import { cp, glob, mkdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { hasCode } from '@federated-media/subgraph-kit/error-code';
import { root } from './modules.ts';

/** The packages whose processes run, and what no package contains. */
const PROCESSES = ['gateway', 'packages/production', 'subgraphs/*'];
const OTHER_FILES = [
  'LICENSE',
  'gateway/supergraph.graphql',
  'operations',
  'package.json',
  'patches',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  'prisma',
];
/** The parts of a package: `dist` of GraphiQL and of the media library. */
const PARTS = ['package.json', 'src', 'dist'];
const LEFT_OUT = /\.test\.tsx?$|\/testing$|\/node_modules$|\/copy-tree\.ts$/;

export async function copyTree(target: string): Promise<void> {
  const folders = await packagesOf(PROCESSES);
  const wanted = folders.flatMap((folder) => PARTS.map((part) => join(folder, part)));
  for (const path of [...wanted.filter((path) => !isSourceOfPage(path)), ...OTHER_FILES]) {
    await mkdir(dirname(join(target, path)), { recursive: true });
    try {
      await cp(join(root, path), join(target, path), {
        recursive: true,
        filter: (from) => !LEFT_OUT.test(from.slice(root.length)),
      });
    } catch (error) {
      // A package has `src` or `dist`.
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  }
}

/** Vite has compiled it into `dist`. */
const isSourceOfPage = (path: string): boolean =>
  ['apps/media-library/src', 'gateway/graphiql/src'].includes(path);

/** The folders of these packages and of those of this repository that they depend on. */
async function packagesOf(patterns: readonly string[]): Promise<string[]> {
  const folders = new Map<string, string>();
  const all = glob('{apps/*,gateway,gateway/graphiql,packages/*,subgraphs/*}/package.json', {
    cwd: root,
  });
  for await (const path of all) folders.set((await manifestOf(dirname(path))).name, dirname(path));

  const waiting: string[] = [];
  for await (const path of glob(`{${patterns.join()}}/package.json`, { cwd: root })) {
    waiting.push(dirname(path));
  }
  const found = new Set<string>();
  for (let folder = waiting.pop(); folder; folder = waiting.pop()) {
    if (found.has(folder)) continue;
    found.add(folder);
    const { dependencies } = await manifestOf(folder);
    waiting.push(...dependencies.flatMap((name) => folders.get(name) ?? []));
  }
  return [...found].toSorted();
}

async function manifestOf(folder: string) {
  const manifest: unknown = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
  if (typeof manifest !== 'object' || manifest === null)
    throw new TypeError(`${folder} has no manifest.`);
  const name = 'name' in manifest ? String(manifest.name) : '';
  const dependencies = 'dependencies' in manifest ? manifest.dependencies : {};
  return { name, dependencies: Object.keys(dependencies ?? {}) };
}

if (import.meta.main) await copyTree(resolve(process.argv[2] ?? ''));
