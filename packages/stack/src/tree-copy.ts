import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from './project.ts';
import { allSubgraphs } from './subgraphs.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const run = promisify(execFile);

const NOT_COPIED = new Set(['node_modules', '.git', '.data', '.turbo']);

/**
 * Copies the project, including generated code. Its packages are linked to one another within the copy; only packages
 * of the registry are shared with the original.
 */
export async function copyTree() {
  const root = await temporaryFolder();
  await cp(projectRoot, root, {
    recursive: true,
    filter: (path) => !NOT_COPIED.has(path.slice(path.lastIndexOf('/') + 1)),
  });
  await linkModules(root);
  return treeAt(root);
}
export type TreeCopy = Awaited<ReturnType<typeof copyTree>>;

/** A copy of the project in which the CMS is the only subgraph. */
export async function copyTreeWithoutConsumers(): Promise<TreeCopy> {
  const tree = await copyTree();
  for (const { name } of allSubgraphs) {
    if (name === 'cms') continue;
    await tree.remove(`subgraphs/${name}`);
    await tree.remove(`prisma/${name}`);
    await tree.edit('packages/stack/src/subgraphs.ts', (text) =>
      text.replace(new RegExp(`^  \\{ name: '${name}',.*\\n`, 'm'), ''),
    );
  }
  return tree;
}

/** Operations on a copy at `root`. */
export function treeAt(root: string) {
  return {
    root,
    remove: (path: string) => rm(join(root, path), { recursive: true }),
    async edit(path: string, change: (text: string) => string) {
      const file = join(root, path);
      await writeFile(file, change(await readFile(file, 'utf8')));
    },
    /** Runs a command at the root of the copy and returns its output. Rejects with the output when it fails. */
    async run(command: string, args: readonly string[]): Promise<string> {
      const options = {
        cwd: root,
        maxBuffer: 64 * 2 ** 20,
        env: { ...process.env, CI: 'true', NO_COLOR: '1' },
      };
      const { stdout, stderr } = await run(command, args, options);
      return stdout + stderr;
    },
    // What a failed command has started may write for a moment longer.
    close: () => rm(root, { recursive: true, maxRetries: 20, retryDelay: 100 }),
  };
}
/**
 * Links to the package store. Links between packages of the project are relative, so that they stay within the copy.
 */
export async function linkModules(root: string, folder = ''): Promise<void> {
  const from = join(projectRoot, folder);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.name === 'node_modules') await copyLinks(root, path);
    else if (entry.isDirectory() && !NOT_COPIED.has(entry.name)) await linkModules(root, path);
  }
}

async function copyLinks(root: string, folder: string): Promise<void> {
  for (const entry of await readdir(join(projectRoot, folder), { withFileTypes: true })) {
    const [from, to] = [join(projectRoot, folder, entry.name), join(root, folder, entry.name)];
    await mkdir(dirname(to), { recursive: true });
    if (entry.name.startsWith('@')) await copyLinks(root, join(folder, entry.name));
    else if (entry.isSymbolicLink()) await cp(from, to, { verbatimSymlinks: true });
    else await symlink(from, to);
  }
}
