import { type ApolloClient, type Reference, isReference } from '@apollo/client';
import { announceMove } from '../graph/changes.ts';

/** Folders and tags are counted by the server: reads again what is shown of them. */
export async function refreshCounts(client: ApolloClient): Promise<void> {
  const refetched = client.refetchQueries({
    updateCache(cache) {
      for (const fieldName of ['mediaFolders', 'mediaTags', 'mediaQuota']) {
        cache.evict({ id: 'ROOT_QUERY', fieldName });
      }
    },
  });
  // The change itself has succeeded: counts that cannot be read now are read with the next change.
  await refetched.catch(() => undefined);
}

/**
 * After a file went to the trash, came back or was purged: removes it from the lists that do not contain it any more.
 * Lists in the cache that contain it now are read again when they are shown.
 */
export async function refreshLists(
  client: ApolloClient,
  { id, trashed }: { id: string; trashed: boolean | null },
): Promise<void> {
  announceMove([id], trashed === null ? null : { trashed });
  client.cache.modify({
    fields: {
      mediaLibrary(list: unknown, { storeFieldName, readField, DELETE }) {
        if (storeFieldName.includes('"trashed":null') && trashed !== null) return list;
        const isTrash = storeFieldName.includes('"trashed":true');
        if (trashed === isTrash) return DELETE;
        return withoutFile(list, (file) => readField('id', file) === id);
      },
    },
  });
  await refreshCounts(client);
}

interface List {
  readonly nodes?: readonly unknown[];
  readonly edges?: readonly unknown[];
  readonly totalCount?: number;
}
const isList = (value: unknown): value is List => typeof value === 'object' && value !== null;

function withoutFile(list: unknown, isFile: (file: Reference) => boolean): unknown {
  if (!isList(list)) return list;
  const { nodes, edges, totalCount } = list;
  const stays = (file: unknown) => !isReference(file) || !isFile(file);
  const isListed =
    nodes?.some((node) => !stays(node)) === true ||
    edges?.some((edge) => !stays(nodeOf(edge))) === true;
  return {
    ...list,
    ...(nodes && { nodes: nodes.filter(stays) }),
    ...(edges && { edges: edges.filter((edge) => stays(nodeOf(edge))) }),
    ...(totalCount !== undefined && { totalCount: isListed ? totalCount - 1 : totalCount }),
  };
}

const nodeOf = (edge: unknown): unknown =>
  typeof edge === 'object' && edge !== null && 'node' in edge ? edge.node : null;
