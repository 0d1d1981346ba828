import type { GraphQLError, GraphQLResolveInfo } from 'graphql';

/** The position of a value in the response, from the inside out. */
export type Path = GraphQLResolveInfo['path'];

/** The errors of one response. */
export interface FieldErrors {
  /**
   * Adds the error that made the value at `path` null; undefined is the whole response. As in graphql-js, no error is
   * reported below a position that is null already.
   */
  add(error: GraphQLError, path: Path | undefined): void;
  readonly list: readonly GraphQLError[];
}

export function createFieldErrors(): FieldErrors {
  const list: GraphQLError[] = [];
  const nulls = new Set<Path | undefined>();
  return {
    list,
    add(error, path) {
      for (let at = path; at; at = at.prev) if (nulls.has(at)) return;
      if (nulls.has(undefined)) return;
      nulls.add(path);
      list.push(error);
    },
  };
}
