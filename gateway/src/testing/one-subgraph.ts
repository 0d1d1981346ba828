import type { RequestListener } from 'node:http';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { type PlatformOptions, openPlatform, openRudeSubgraph } from './platform.ts';

/** A supergraph of one subgraph, `name`, at `url`. */
export function composed(name: string, url: string, sdl: string): string {
  const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9")';
  const { supergraphSdl, errors } = composeServices([
    { name, url, typeDefs: parse(`${link} ${sdl}`) },
  ]);
  if (errors) throw new AggregateError(errors);
  return supergraphSdl;
}

/** A gateway over one subgraph, `writer`, of this schema, which `listener` serves at `path`. */
export async function openOneSubgraph(
  { sdl, path = '/graphql', ...options }: PlatformOptions & { sdl: string; path?: string },
  listener: RequestListener,
) {
  const platform = await openPlatform(options);
  const writer = `${await openRudeSubgraph(listener)}${path}`;
  await platform.supergraph.replace(composed('writer', writer, sdl));
  return platform;
}
