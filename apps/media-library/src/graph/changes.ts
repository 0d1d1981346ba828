import { ApolloLink } from '@apollo/client';
import { OperationTypeNode } from 'graphql';
import { tap } from 'rxjs';

const listeners = new Set<() => void>();

/** Reports that files or folders may have changed: lists and counts are read again. */
export function announceChange(): void {
  for (const listener of listeners) listener();
}

/** Returns a function that ends it. */
export function onChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Where files are now: outside of the trash or in it, in a folder, or no longer among those with a tag. Null: they were
 * deleted permanently.
 */
export type Place =
  | { readonly trashed: boolean }
  | { readonly folder: string }
  | { readonly withoutTags: readonly string[] }
  | null;

const moveListeners = new Set<(ids: readonly string[], place: Place) => void>();

/** Reports that files were moved: the views that they left no longer show or select them. */
export function announceMove(ids: readonly string[], place: Place): void {
  if (ids.length > 0) for (const listener of moveListeners) listener(ids, place);
}

/** Returns a function that ends it. */
export function onMove(listener: (ids: readonly string[], place: Place) => void): () => void {
  moveListeners.add(listener);
  return () => moveListeners.delete(listener);
}

/** Each mutation is a change, wherever in the app it is sent. */
export const announceMutations = new ApolloLink((operation, forward) =>
  forward(operation).pipe(
    tap({
      complete: () => {
        if (operation.operationType === OperationTypeNode.MUTATION) announceChange();
      },
    }),
  ),
);
