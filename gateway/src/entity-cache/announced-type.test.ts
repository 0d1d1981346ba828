import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { readSupergraphFacts } from '../execution/supergraph-facts.ts';
import { announcedTypeOf } from './announced-type.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@inaccessible"])`;
const shop = 'type Query { shop: String }';
const files = `${LINK}
  type MediaFile @key(fields: "id") { id: ID! }
  type Query { mediaInvalidations: String @inaccessible file: MediaFile }`;

function announcedBy(subgraphs: Record<string, string>) {
  const { supergraphSdl = '' } = composeServices(
    Object.entries(subgraphs).map(([name, sdl]) => ({
      name,
      url: `http://${name}`,
      typeDefs: parse(sdl),
    })),
  );
  return announcedTypeOf(readSupergraphFacts(supergraphSdl).schema);
}

test('finds the subgraph that reports changes in the supergraph', () => {
  const announced = { subgraph: 'my-files', typeName: 'MediaFile' };
  expect(announcedBy({ shop, 'my-files': files })).toEqual(announced);
  expect(announcedBy({ 'my-files': files })).toEqual(announced);
});

test('a supergraph without such a subgraph has no cached type', () => {
  expect(announcedBy({ shop })).toBeUndefined();
});
