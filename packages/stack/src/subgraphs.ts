import { join } from 'node:path';
import { graphqlUrlProblem } from '@federated-media/subgraph-kit/graphql-url';
import { projectRoot } from './project.ts';

export interface Subgraph {
  readonly name: string;
  /** Where it listens unless told otherwise. */
  readonly port: number;
}

/** The one list of subgraphs. A new one is a line here and its two folders. */
export const allSubgraphs = [
  { name: 'cms', port: 4001 },
  { name: 'catalog', port: 4002 },
  { name: 'art-gallery', port: 4003 },
  { name: 'blog', port: 4004 },
] as const satisfies readonly Subgraph[];

export interface EnabledSubgraph extends Subgraph {
  /** Its GraphQL endpoint, where it runs already; `null` when the stack is to run it. */
  readonly url: string | null;
}

/** `SUBGRAPHS` names something that is not to be had. */
export class UnknownSubgraphError extends Error {
  override readonly name = 'UnknownSubgraphError';
}

/** The name of a setting of this subgraph's own: `settingName('art-gallery', 'PORT')` is ART_GALLERY_PORT. */
export function settingName(subgraph: string, setting: 'PORT' | 'DATABASE_URL' | 'URL'): string {
  return `${subgraph.toUpperCase().replaceAll('-', '_')}_${setting}`;
}

/** The database of a subgraph on the embedded server. */
export function databaseName(subgraph: string): string {
  return subgraph.replaceAll('-', '_');
}

/** A program of the subgraph's: `main` serves it. */
export function mainOf(subgraph: string, program = 'main'): string {
  return join(projectRoot, 'subgraphs', subgraph, 'src', `${program}.ts`);
}

export function prismaFolderOf(subgraph: string): string {
  return join(projectRoot, 'prisma', subgraph);
}

/**
 * Reads `SUBGRAPHS`: names in any order, `name=url` with the GraphQL URL of one that runs elsewhere; not set: all
 * of them.
 * Answers in the order of the list, so that what others need starts first.
 * Throws UnknownSubgraphError for what is not in the list, twice in it, or at no http address.
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
