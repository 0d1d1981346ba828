import { composeServices } from '@apollo/composition';
import { Supergraph } from '@apollo/federation-internals';
import {
  concatAST,
  parse,
  print,
  printSchema,
  Source,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import {
  toProblem,
  problemFromError,
  syntaxProblem,
  type CompositionProblem,
} from './composition/problem.ts';
import { projectRoot } from './project.ts';
import { readSdlFiles, type SdlFile } from './sdl-files.ts';
import type { Subgraph } from './subgraphs.ts';

export interface SubgraphSource {
  readonly name: string;
  /** The URL of its GraphQL endpoint, which is written into the supergraph. */
  readonly url: string;
  /** In any order. */
  readonly files: readonly SdlFile[];
}

export interface Composition {
  /** Null when there are problems. */
  readonly supergraph: string | null;
  readonly problems: readonly CompositionProblem[];
  /** Schemas that compose, but probably not as intended. Grave hints are warnings of the composer. */
  readonly hints: readonly (CompositionProblem & { readonly isGrave: boolean })[];
  /** The schema of each subgraph without syntax errors, with locations in the repository. */
  readonly documents: ReadonlyMap<string, DocumentNode>;
}

/** The subgraphs do not compose; the message lists all reasons. */
export class CompositionError extends Error {
  override readonly name = 'CompositionError';
  readonly problems: readonly CompositionProblem[];

  constructor(problems: readonly CompositionProblem[]) {
    const lines = problems.map((problem) => `  - ${describeProblem(problem)}`);
    super(`The subgraphs do not compose:\n${lines.join('\n')}`);
    this.problems = problems;
  }
}

export const supergraphPath = 'gateway/supergraph.graphql';
/** The schema that clients see, for their code generators. */
export const clientSchemaPath = 'schema.graphql';

/** Reads all .graphql files of a subgraph as one document. Throws CompositionError. */
export async function readSdl(subgraph: string, root = projectRoot): Promise<string> {
  const source = { name: subgraph, files: await readSdlFiles(subgraph, root) };
  const { document, problems } = parseFiles(source);
  if (!document) throw new CompositionError(problems);
  return `${print(document)}\n`;
}

/** Reads the subgraphs of the repository, with their default URLs. */
export async function readSubgraphs(
  subgraphs: readonly Subgraph[],
  root = projectRoot,
): Promise<SubgraphSource[]> {
  return Promise.all(
    subgraphs.map(async ({ name, port }) => ({
      name,
      url: `http://127.0.0.1:${port}/graphql`,
      files: await readSdlFiles(name, root),
    })),
  );
}

/** Composes `subgraphs` of the repository. Throws CompositionError. */
export async function composeProject(
  subgraphs: readonly Subgraph[],
  root = projectRoot,
): Promise<string> {
  const { supergraph, problems } = composeSubgraphs(await readSubgraphs(subgraphs, root));
  if (supergraph === null) throw new CompositionError(problems);
  return supergraph;
}

/** Composes `subgraphs`; the result does not depend on their order. Returns all problems if they do not compose. */
export function composeSubgraphs(subgraphs: readonly SubgraphSource[]): Composition {
  const documents = new Map<string, DocumentNode>();
  const unread: CompositionProblem[] = [];
  const services = [];
  for (const source of subgraphs.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
    const { document, problems } = parseFiles(source);
    unread.push(...problems);
    if (!document) continue;
    documents.set(source.name, document);
    services.push({ name: source.name, url: source.url, typeDefs: document });
  }
  if (unread.length > 0) return { supergraph: null, problems: unread, hints: [], documents };

  const { supergraphSdl, errors, hints = [] } = composeServices(services);
  if (errors) {
    const problems = errors.map((error) => problemFromError(error, documents));
    return { supergraph: null, problems, hints: [], documents };
  }
  return {
    supergraph: `${supergraphSdl.trim()}\n`,
    problems: [],
    hints: hints.map(({ definition: { code, level }, message, coordinate, nodes }) => ({
      ...toProblem({ code, message, coordinate, nodes }, documents),
      isGrave: level.name === 'WARN',
    })),
    documents,
  };
}

/** The schema that clients see: without `@inaccessible` elements and without definitions for routers. */
export const apiSchemaOf = (supergraph: string): GraphQLSchema =>
  Supergraph.build(supergraph).apiSchema().toGraphQLJSSchema();

/** The committed files that follow from the subgraphs: their text by path. */
export const composedFiles = (supergraph: string): ReadonlyMap<string, string> =>
  new Map([
    [supergraphPath, supergraph],
    [clientSchemaPath, `${printSchema(apiSchemaOf(supergraph))}\n`],
  ]);

function parseFiles({ name, files }: Pick<SubgraphSource, 'name' | 'files'>) {
  const documents: DocumentNode[] = [];
  const problems: CompositionProblem[] = [];
  for (const { path, text } of files) {
    const file = ['subgraphs', name, 'src', path].join('/');
    try {
      documents.push(parse(new Source(text, file)));
    } catch (error) {
      problems.push(syntaxProblem(name, error, file));
    }
  }
  if (files.length === 0) problems.push(withoutSchema(name));
  return { document: problems.length === 0 ? concatAST(documents) : null, problems };
}

function withoutSchema(subgraph: string): CompositionProblem {
  const message = `[${subgraph}] has no .graphql file below subgraphs/${subgraph}/src`;
  return { code: 'NO_SCHEMA', coordinate: null, message, places: [] };
}

/** The message, with file and line if they are known. */
export function describeProblem({ message, places: [place] }: CompositionProblem): string {
  return place ? `${place.file}:${place.line}: ${message}` : message;
}
