'use client';
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import type { Connection } from '../connection.ts';
import { type AddOptions, createUploads, type FileUpload } from './uploads.ts';

export interface UseUpload {
  /** All files that were added, in this order. */
  readonly uploads: readonly FileUpload[];
  readonly add: (files: Iterable<Blob>, options?: AddOptions) => void;
  /** Ends an upload that has not ended. */
  readonly cancel: (id: string) => void;
  /** Starts a failed or cancelled upload again, with the current `connection` and the same idempotency key. */
  readonly retry: (id: string) => void;
  /** Removes an upload from the list, and cancels it first if necessary. */
  readonly remove: (id: string) => void;
}

const CONCURRENCY = 3;

/**
 * Uploads files and shows their state. When the component unmounts or an `<Activity>` hides it, uploads that have not ended
 * are cancelled, and files that are added later are not sent. `add` and `retry` are the same functions as long as
 * `connection` is the same object.
 */
export function useUpload(
  connection: Connection,
  { concurrency = CONCURRENCY }: { readonly concurrency?: number } = {},
): UseUpload {
  const [store] = useState(() => createUploads(Math.max(1, concurrency)));
  const uploads = useSyncExternalStore(store.subscribe, store.current, store.current);
  useEffect(() => {
    store.open();
    return store.close;
  }, [store]);
  const add = useCallback<UseUpload['add']>(
    (files, options) => store.add(connection, files, options),
    [store, connection],
  );
  const retry = useCallback<UseUpload['retry']>(
    (id) => store.retry(connection, id),
    [store, connection],
  );
  return { uploads, add, cancel: store.cancel, retry, remove: store.remove };
}
