import { watch } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../project.ts';

export interface Change {
  /** The modules whose code it is. */
  readonly modules: ReadonlySet<string>;
  /** Whether a schema changed: GraphQL types, Prisma's client and the supergraph are made from them. */
  readonly regenerate: boolean;
}

const settleMs = 150;

/**
 * Tells of changed sources of `subgraphs` and the gateway, several at once as one change, and never while
 * `onChange` is still at work on the one before. Answers with how to stop.
 */
export function watchSources(
  subgraphs: readonly string[],
  onChange: (change: Change) => Promise<void>,
  root = projectRoot,
): () => void {
  const all = [...subgraphs, 'gateway'];
  const sources: { folder: string; modules: readonly string[] }[] = [
    { folder: 'gateway/src', modules: ['gateway'] },
    ...subgraphs.map((name) => ({ folder: `subgraphs/${name}/src`, modules: [name] })),
    ...subgraphs.map((name) => ({ folder: `prisma/${name}`, modules: [name] })),
    { folder: 'packages/subgraph-kit/src', modules: all },
    { folder: 'packages/multipart/src', modules: all },
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

  const watchers = sources.map((source) =>
    watch(join(root, source.folder), { recursive: true }, (_event, file) => {
      if (file === null || !isSource(file)) return;
      for (const name of source.modules) modules.add(name);
      regenerate ||= isSchema(file);
      clearTimeout(timer);
      timer = setTimeout(() => void settle(), settleMs);
    }),
  );
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}

function isSource(file: string): boolean {
  const isGenerated = file.split('/').includes('generated');
  return isSchema(file) || (file.endsWith('.ts') && !file.endsWith('.test.ts') && !isGenerated);
}

function isSchema(file: string): boolean {
  return file.endsWith('.graphql') || file.endsWith('.prisma');
}
