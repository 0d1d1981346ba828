import type { FoldersQuery } from '../generated/graphql.ts';

type Listed = FoldersQuery['mediaFolders'][number];

export interface Folder {
  readonly path: string;
  readonly name: string;
  readonly parentPath: string | null;
  /** Of the folder and all below it. */
  readonly count: number;
  readonly level: number;
  readonly children: readonly Folder[];
}

/** The folders at the top with those below them. */
export function treeOf(listed: readonly Listed[]): Folder[] {
  const below = Map.groupBy(listed, ({ parentPath }) => parentPath);
  const inside = (parent: string | null, level: number): Folder[] =>
    (below.get(parent) ?? []).map(({ path, name, mediaCount }) => {
      const children = inside(path, level + 1);
      const count = children.reduce((sum, child) => sum + child.count, mediaCount);
      return { path, name, parentPath: parent, count, level, children };
    });
  return inside(null, 1);
}

/** From top to bottom as they are shown. */
export const visibleFolders = (
  folders: readonly Folder[],
  expanded: Pick<ReadonlySet<string>, 'has'>,
): Folder[] =>
  folders.flatMap((folder) => [
    folder,
    ...(expanded.has(folder.path) ? visibleFolders(folder.children, expanded) : []),
  ]);

/** The paths of all folders above `path`. */
export function parentsOf(path: string): string[] {
  const names = path.split('/');
  return names.slice(0, -1).map((_, index) => names.slice(0, index + 1).join('/'));
}

export const isInside = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(`${folder}/`);

export const joinPath = (parent: string | null, name: string): string =>
  parent === null ? name : `${parent}/${name}`;

export const lastName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

export const parentOf = (path: string): string | null =>
  path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : null;
