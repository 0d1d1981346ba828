import { join } from 'node:path';
import { graphqlUrlProblem } from '@federated-media/subgraph-kit/graphql-url';
import { projectRoot } from './project.ts';

export interface Subgraph {
  readonly name: string;
  /** The default port. */
  readonly port: number;
}

/** The only list of subgraphs. A new subgraph needs a line here and its two folders. */
export const allSubgraphs = [
  { name: 'cms', port: 4001 },
  { name: 'catalog', port: 4002 },
  { name: 'art-gallery', port: 4003 },
  { name: 'blog', port: 4004 },
] as const satisfies readonly Subgraph[];

export interface EnabledSubgraph extends Subgraph {
  /** The GraphQL endpoint of a subgraph that runs elsewhere; null when the stack starts it. */
  readonly url: string | null;
}

/** `SUBGRAPHS` is invalid. */
export class UnknownSubgraphError extends Error {
  override readonly name = 'UnknownSubgraphError';
}

/** The name of a setting of a subgraph: `settingName('art-gallery', 'PORT')` is ART_GALLERY_PORT. */
export function settingName(
  subgraph: string,
  setting: 'PORT' | 'DATABASE_URL' | 'DATABASE_DIRECT_URL' | 'URL',
): string {
  return `${subgraph.toUpperCase().replaceAll('-', '_')}_${setting}`;
}

/** The database of a subgraph on the embedded server. */
export function databaseName(subgraph: string): string {
  return subgraph.replaceAll('-', '_');
}

/** The path of a program of a subgraph: `main` serves it. */
export function mainOf(subgraph: string, program = 'main'): string {
  return join(projectRoot, 'subgraphs', subgraph, 'src', `${program}.ts`);
}

export function prismaFolderOf(subgraph: string): string {
  return join(projectRoot, 'prisma', subgraph);
}

/**
 * Parses `SUBGRAPHS`: names in any order, or `name=url` with the GraphQL URL of a subgraph that runs elsewhere. All
 * subgraphs if it is not set. The result has the order of the list, so that dependencies start first. Throws
 * UnknownSubgraphError for unknown names, duplicates and invalid URLs.
 */
export function enabledSubgraphs(setting: string | undefined): EnabledSubgraph[] {
  if (!setting?.trim()) return allSubgraphs.map((subgraph) => ({ ...subgraph, url: null }));
  const wanted = new Map<string, string | null>();
  for (const entry of setting.split(',').map((text) => text.trim())) {
    const [name = '', ...rest] = entry.split('=');
    if (!allSubgraphs.some((known) => known.name === name)) {
      const names = allSubgraphs.map((known) => known.name).join(', ');
      throw new UnknownSubgraphError(
        `SUBGRAPHS: unknown subgraph "${name}". Known subgraphs: ${names}.`,
      );
    }
    if (wanted.has(name)) throw new UnknownSubgraphError(`SUBGRAPHS: ${name} is listed twice.`);
    wanted.set(name, rest.length > 0 ? checkedUrl(name, rest.join('=')) : null);
  }
  return allSubgraphs
    .filter(({ name }) => wanted.has(name))
    .map((subgraph) => ({ ...subgraph, url: wanted.get(subgraph.name) ?? null }));
}

function checkedUrl(name: string, url: string): string {
  const problem = graphqlUrlProblem(url);
  if (problem) throw new UnknownSubgraphError(`SUBGRAPHS: ${name} ${problem}.`);
  return url;
}
