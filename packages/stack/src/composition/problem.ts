import { type ASTNode, type DocumentNode, GraphQLError } from 'graphql';
import { messageOf } from '@federated-media/subgraph-kit/error-code';
import { definitionsOf, isSamePlace, placeOf, type Place } from './definitions.ts';

/** Why subgraphs make no graph, or a remark on the one they make. */
export interface CompositionProblem {
  /** A code of Apollo's composition, such as FIELD_TYPE_MISMATCH. */
  readonly code: string;
  /** What it is about, when that is one thing. */
  readonly coordinate: string | null;
  readonly message: string;
  /** All that has a part in it, the first first; empty when it can't be raw. */
  readonly places: readonly Place[];
}

/** By the name of their subgraph. */
export type Documents = ReadonlyMap<string, DocumentNode>;

interface RawProblem {
  readonly code: string;
  readonly message: string;
  readonly coordinate?: string | undefined;
  readonly nodes?: readonly ASTNode[] | undefined;
}

export function problemFromError(error: Error, documents: Documents): CompositionProblem {
  const isGraphql = error instanceof GraphQLError;
  const code = isGraphql ? error.extensions['code'] : undefined;
  return toProblem(
    {
      code: typeof code === 'string' ? code : 'COMPOSITION_FAILED',
      message: error.message,
      nodes: isGraphql ? error.nodes : undefined,
    },
    documents,
  );
}

/** Composition tells some problems, those of reaching fields among them, by names in its message alone. */
export function toProblem(raw: RawProblem, documents: Documents): CompositionProblem {
  const places = (raw.nodes ?? []).flatMap((node) => placeOf(node) ?? []);
  const named = namedIn(raw.message, documents);
  return {
    code: raw.code,
    coordinate: raw.coordinate ?? named.coordinate,
    message: raw.message,
    places: distinct(places.length > 0 ? places : named.places),
  };
}

export function syntaxProblem(subgraph: string, error: unknown, file: string): CompositionProblem {
  const line = error instanceof GraphQLError ? error.locations?.[0]?.line : undefined;
  return {
    code: 'INVALID_GRAPHQL',
    coordinate: null,
    message: `[${subgraph}] ${messageOf(error)}`,
    places: [{ file, line: line ?? 1 }],
  };
}

/** `[cms] …` speaks of that subgraph only. */
function namedIn(message: string, documents: Documents) {
  const subgraph = /^\[([\w-]+)\]/.exec(message)?.[1];
  const definitions = [...documents]
    .filter(([name]) => subgraph === undefined || subgraph === name)
    .flatMap(([, document]) => definitionsOf(document));
  for (const [, name] of message.matchAll(/"([@\w.]+(?:\(\w+:\))?)"/g)) {
    const named = definitions.filter(({ coordinate }) => coordinate === name);
    if (name !== undefined && named.length > 0) {
      return { coordinate: name, places: named.flatMap(({ place }) => place ?? []) };
    }
  }
  return { coordinate: null, places: [] };
}

function distinct(places: readonly Place[]): Place[] {
  return places.filter(
    (place, index) => places.findIndex((other) => isSamePlace(place, other)) === index,
  );
}
