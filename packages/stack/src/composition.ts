import { composeServices } from '@apollo/composition';
import { Supergraph } from '@apollo/federation-internals';
import { concatAST, parse, print, Source, type DocumentNode, type GraphQLSchema } from 'graphql';
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
  /** Where its GraphQL endpoint is; written into the supergraph. */
  readonly url: string;
  /** They need not be in any order. */
  readonly files: readonly SdlFile[];
}

export interface Composition {
  /** Null when there are problems. */
  readonly supergraph: string | null;
  readonly problems: readonly CompositionProblem[];
  /** What composes, though hardly as it was meant; what may well be meant is not grave. */
  readonly hints: readonly (CompositionProblem & { readonly isGrave: boolean })[];
  /** The schema of each subgraph that could be read, with its places in the repository. */
  readonly documents: ReadonlyMap<string, DocumentNode>;
}

/** The subgraphs do not make one graph; the message has every reason, a line each. */
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

/** All .graphql files of a subgraph, as one document. Throws CompositionError. */
export async function readSdl(subgraph: string, root = projectRoot): Promise<string> {
  const source = { name: subgraph, files: await readSdlFiles(subgraph, root) };
  const { document, problems } = parseFiles(source);
  if (!document) throw new CompositionError(problems);
  return `${print(document)}\n`;
}

/** The subgraphs as they are in the repository, at their default addresses. */
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

/** The supergraph of `subgraphs` as they are in the repository. Throws CompositionError. */
export async function composeProject(
  subgraphs: readonly Subgraph[],
  root = projectRoot,
): Promise<string> {
  const { supergraph, problems } = composeSubgraphs(await readSubgraphs(subgraphs, root));
  if (supergraph === null) throw new CompositionError(problems);
  return supergraph;
}

/** The supergraph, the same whatever order `subgraphs` are in, or all that is wrong with them. */
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

/** The reason, with file and line where they are known. */
export function describeProblem({ message, places: [place] }: CompositionProblem): string {
  return place ? `${place.file}:${place.line}: ${message}` : message;
}
