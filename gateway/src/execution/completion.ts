import { GraphQLError } from 'graphql';
import type { ResponseObject } from './response-objects.ts';

type Path = readonly (string | number)[];

/** As many nulls are reported one by one; the rest is counted. */
const MAX_REPORTED = 100;

/** What is known of objects of an answer besides their fields, so that each null has a reason. */
export interface Reasons {
  /** An error says why fields of these are missing. */
  readonly failed: WeakSet<ResponseObject>;
  /** A subgraph was not asked about these, so fields of theirs may be missing. */
  readonly notAsked: WeakSet<ResponseObject>;
  /** A subgraph has none of these, so fields of theirs may be missing. */
  readonly notFound: WeakSet<ResponseObject>;
  /** Their owner does not have these, or can't be asked: by object, the names of its key fields. */
  readonly absent: WeakMap<ResponseObject, ReadonlySet<string>>;
}

export const createReasons = (): Reasons => ({
  failed: new WeakSet(),
  notAsked: new WeakSet(),
  notFound: new WeakSet(),
  absent: new WeakMap(),
});

/** One answer while it is made from what the subgraphs answered. */
export interface Completion {
  /** The path of the value that is being completed; changed in place. */
  readonly trail: (string | number)[];
  readonly reasons: Reasons;
  /** As the client gave them. */
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

/** Whether one path is the start of the other: an error above or below a null explains it. */
function leadsThrough(one: Path, other: Path): boolean {
  const length = Math.min(one.length, other.length);
  for (let index = 0; index < length; index += 1) {
    if (one[index] !== other[index]) return false;
  }
  return true;
}
