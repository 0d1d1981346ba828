import { GraphQLError } from 'graphql';
import type { ResponseObject } from './response-objects.ts';

type Path = readonly (string | number)[];

/** At most this many nulls are reported individually; the others are counted. */
const MAX_REPORTED = 100;

/** Facts about objects of a response that explain why fields of them are null. */
export interface Reasons {
  /** An error explains why their fields are missing. */
  readonly failed: WeakSet<ResponseObject>;
  /** A subgraph was not asked about them, so that fields may be missing. */
  readonly notAsked: WeakSet<ResponseObject>;
  /** A subgraph did not find them, so that fields may be missing. */
  readonly notFound: WeakSet<ResponseObject>;
  /** Their owner did not find them or cannot be asked. The value is the set of their key fields. */
  readonly absent: WeakMap<ResponseObject, ReadonlySet<string>>;
}

export const createReasons = (): Reasons => ({
  failed: new WeakSet(),
  notAsked: new WeakSet(),
  notFound: new WeakSet(),
  absent: new WeakMap(),
});

/** The state of building one response from the responses of the subgraphs. */
export interface Completion {
  /** The path of the value that is being completed; changed in place. */
  readonly trail: (string | number)[];
  readonly reasons: Reasons;
  /** As sent by the client. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Adds an error for the null at `trail`, unless an error of a subgraph explains it. */
  report(problem: string): void;
  /** The errors that were added. */
  reported(): readonly GraphQLError[];
}

/** @param errors Those of the subgraphs */
export function createCompletion({
  errors,
  reasons,
  variables,
}: {
  errors: readonly GraphQLError[];
  reasons: Reasons;
  variables: Readonly<Record<string, unknown>>;
}): Completion {
  const paths = errors.flatMap(({ path }) => (path ? [path] : []));
  const trail: (string | number)[] = [];
  const added: GraphQLError[] = [];
  let omitted = 0;
  return {
    trail,
    reasons,
    variables,
    report(problem) {
      if (paths.some((path) => leadsThrough(path, trail))) return;
      if (added.length < MAX_REPORTED) added.push(new GraphQLError(problem, { path: [...trail] }));
      else omitted += 1;
    },
    reported() {
      if (omitted === 0) return added;
      return [...added, new GraphQLError(`${omitted} more values are missing.`)];
    },
  };
}

/** Whether one path is a prefix of the other: an error above or below a null explains it. */
function leadsThrough(one: Path, other: Path): boolean {
  const length = Math.min(one.length, other.length);
  for (let index = 0; index < length; index += 1) {
    if (one[index] !== other[index]) return false;
  }
  return true;
}
