import { once } from 'node:events';
import { join, relative } from 'node:path';
import { watch } from 'chokidar';
import { projectRoot } from '../project.ts';

export interface Change {
  /** The modules that use the changed code. */
  readonly modules: ReadonlySet<string>;
  /** Whether a schema changed, from which GraphQL types, Prisma clients and the supergraph are generated. */
  readonly regenerate: boolean;
}

const settleMs = 150;

/**
 * Reports changed sources of `subgraphs` and the gateway. Changes at the same time are reported as one, and not
 * before `onChange` has finished with the previous one. Resolves when watching has started, with a function that
 * stops it.
 *
 * Uses chokidar: on Linux, the recursive watch of Node misses all changes of a file after an editor has replaced it.
 */
export async function watchSources(
  subgraphs: readonly string[],
  onChange: (change: Change) => Promise<void>,
  root = projectRoot,
): Promise<() => Promise<void>> {
  const all = [...subgraphs, 'gateway'];
  const consumers = subgraphs.filter((name) => name !== 'cms');
  const sources: { folder: string; modules: readonly string[] }[] = [
    { folder: 'gateway/src', modules: ['gateway'] },
    ...subgraphs.map((name) => ({ folder: `subgraphs/${name}/src`, modules: [name] })),
    ...subgraphs.map((name) => ({ folder: `prisma/${name}`, modules: [name] })),
    { folder: 'packages/subgraph-kit/src', modules: all },
    { folder: 'packages/multipart/src', modules: all },
    { folder: 'packages/media-consumer/src', modules: consumers },
  ];
  const modules = new Set<string>();
  let regenerate = false;
  let isBusy = false;
  let timer: NodeJS.Timeout | undefined;

  const settle = async () => {
    if (isBusy || modules.size === 0) return;
    isBusy = true;
    const change = { modules: new Set(modules), regenerate };
    modules.clear();
    regenerate = false;
    await onChange(change);
    isBusy = false;
    await settle();
  };

  const watchers = sources.map(({ folder, modules: affected }) => {
    const path = join(root, folder);
    return watch(path, { ignoreInitial: true }).on('all', (_event, file) => {
      if (affected.length === 0 || !isSource(relative(path, file))) return;
      for (const name of affected) modules.add(name);
      regenerate ||= isSchema(file);
      clearTimeout(timer);
      timer = setTimeout(() => void settle(), settleMs);
    });
  });
  await Promise.all(watchers.map((watcher) => once(watcher, 'ready')));
  return async () => {
    clearTimeout(timer);
    await Promise.all(watchers.map((watcher) => watcher.close()));
  };
}

function isSource(file: string): boolean {
  const isGenerated = file.split('/').includes('generated');
  return isSchema(file) || (file.endsWith('.ts') && !file.endsWith('.test.ts') && !isGenerated);
}

function isSchema(file: string): boolean {
  return file.endsWith('.graphql') || file.endsWith('.prisma');
}
