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
