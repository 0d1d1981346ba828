import { useApolloClient } from '@apollo/client/react';
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { MediaType } from '../generated/graphql.ts';
import { onChange } from '../graph/changes.ts';
import { FileList } from './file-list.ts';
import { type View, filterOf, orderOf } from './view.ts';

/** Changes that follow each other closely, as of an upload of many files, are read once. */
const QUIET_MS = 400;

/**
 * The files of a view. While those of another view are read, the list of before is shown: `isStale`. A response for an
 * older view is never shown, because each view has its own list.
 */
export function useFileList(view: View, mediaTypes?: readonly MediaType[]) {
  const client = useApolloClient();
  const key = JSON.stringify([filterOf(view, mediaTypes), orderOf(view)]);
  const wanted = useMemo(() => {
    const [filter, orderBy] = [filterOf(view, mediaTypes), orderOf(view)];
    const files = new FileList(client, { filter, orderBy });
    // Not only in an effect: the first files are read while the screen around them is rendered.
    files.show(0, 0);
    return files;
    // `key` is the part of the view that matters.
  }, [client, key]);
  const wantedState = useSyncExternalStore(wanted.subscribe, wanted.state);
  const isRead = wantedState.total !== null || wantedState.error !== null;

  const [shown, setShown] = useState(wanted);
  if (isRead && shown !== wanted) setShown(wanted);
  const list = isRead ? wanted : shown;
  const state = useSyncExternalStore(list.subscribe, list.state);

  // Again where React mounts twice, as in development: without a listener, a list stops reading.
  useEffect(() => wanted.show(0, 0), [wanted]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    const end = onChange(() => {
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void wanted.refresh(), QUIET_MS);
    });
    return () => {
      end();
      clearTimeout(timer.current);
    };
  }, [wanted]);

  return { list, state, isStale: list !== wanted, key };
}
