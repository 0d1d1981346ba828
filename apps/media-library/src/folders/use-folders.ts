import { useQuery } from '@apollo/client/react';
import { useEffect, useMemo } from 'react';
import { onChange } from '../graph/changes.ts';
import { FOLDERS } from './queries.ts';
import { treeOf } from './tree.ts';

/** Changes that follow each other closely are read once. */
const QUIET_MS = 400;

export function useFolders() {
  const { data, error, refetch } = useQuery(FOLDERS, { fetchPolicy: 'cache-and-network' });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const end = onChange(() => {
      clearTimeout(timer);
      timer = setTimeout(() => void refetch().catch(() => undefined), QUIET_MS);
    });
    return () => {
      end();
      clearTimeout(timer);
    };
  }, [refetch]);
  const folders = useMemo(() => treeOf(data?.mediaFolders ?? []), [data]);
  return { folders, isRead: data !== undefined, error, refetch };
}
