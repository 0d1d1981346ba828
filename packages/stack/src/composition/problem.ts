import { type ASTNode, type DocumentNode, GraphQLError } from 'graphql';
import { messageOf } from '@federated-media/subgraph-kit/error-code';
import { definitionsOf, isSamePlace, placeOf, type Place } from './definitions.ts';

/** A composition error or hint. */
export interface CompositionProblem {
  /** A code of Apollo's composition, for example FIELD_TYPE_MISMATCH. */
  readonly code: string;
  /** The element that it is about, if there is exactly one. */
  readonly coordinate: string | null;
  readonly message: string;
  /** All locations that are involved, the most important first; empty if unknown. */
  readonly places: readonly Place[];
}

/** By subgraph name. */
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

/** For some problems, such as fields that cannot be reached, composition mentions elements only in the message. */
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

/** `[cms] …` is only about that subgraph. */
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
