import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { concatAST, parse, print, type DocumentNode } from 'graphql';
import { messageOf } from './node-errors.ts';
import { projectRoot } from './project.ts';
import { readSdlFiles } from './sdl-files.ts';
import type { Subgraph } from './subgraphs.ts';

export interface SubgraphSdl {
  readonly name: string;
  /** Where its GraphQL endpoint is; written into the supergraph. */
  readonly url: string;
  readonly sdl: string;
}

/** The subgraphs do not make one graph; the message has every reason, a line each. */
export class CompositionError extends Error {
  override readonly name = 'CompositionError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The subgraphs do not compose:\n${problems.map((line) => `  - ${line}`).join('\n')}`);
    this.problems = problems;
  }
}

export const committedSupergraph = join(projectRoot, 'gateway/supergraph.graphql');

/** All .graphql files of a subgraph, as one document. They need not be in any order. */
export async function readSdl(subgraph: string, root = projectRoot): Promise<string> {
  const files = await readSdlFiles(subgraph, root);
  if (files.length === 0) throw new CompositionError([`[${subgraph}] has no .graphql file`]);
  const documents = files.map(({ path, text }) => parseFile(subgraph, path, text));
  return `${print(concatAST(documents))}\n`;
}

/** The supergraph of `subgraphs` as they are in the repository, at their default addresses. */
export async function composeProject(subgraphs: readonly Subgraph[]): Promise<string> {
  return composeSupergraph(
    await Promise.all(
      subgraphs.map(async ({ name, port }) => ({
        name,
        url: `http://127.0.0.1:${port}/graphql`,
        sdl: await readSdl(name),
      })),
    ),
  );
}

/**
 * The supergraph SDL, the same whatever order `subgraphs` are in.
 * Throws CompositionError with all that is wrong, each with the names of its subgraphs.
 */
export function composeSupergraph(subgraphs: readonly SubgraphSdl[]): string {
  const services = subgraphs
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ name, url, sdl }) => ({ name, url, typeDefs: parseFile(name, 'its schema', sdl) }));
  const { supergraphSdl, errors } = composeServices(services);
  if (errors) throw new CompositionError(errors.map(messageOf));
  return `${supergraphSdl.trim()}\n`;
}

function parseFile(subgraph: string, path: string, text: string): DocumentNode {
  try {
    return parse(text);
  } catch (error) {
    throw new CompositionError([`[${subgraph}] ${path}: ${messageOf(error)}`]);
  }
}
