import { expect, test } from 'vitest';
import { typesOwnedAlone } from './missing-entities.ts';

const graphs = `
  enum join__Graph {
    CMS @join__graph(name: "cms", url: "http://cms")
    SHOP @join__graph(name: "shop", url: "http://shop")
    NEWS @join__graph(name: "news", url: "http://news")
  }`;

test('a type that others only refer to has one owner', () => {
  const sdl = `${graphs}
    type File @join__type(graph: SHOP, key: "id", resolvable: false) @join__type(graph: CMS, key: "id")
      @join__type(graph: NEWS, key: "id", resolvable: false) { id: ID! }`;
  expect(typesOwnedAlone(sdl)).toEqual(new Map([['cms', new Set(['File'])]]));
});

test('a type that another subgraph resolves too outlives the absence of either', () => {
  const sdl = `${graphs}
    type File @join__type(graph: SHOP, key: "id") @join__type(graph: CMS, key: "id")
      @join__type(graph: NEWS, key: "id", resolvable: false) { id: ID! }`;
  expect(typesOwnedAlone(sdl)).toEqual(new Map());
});

test('a type that nobody refers to is left to its subgraph', () => {
  const sdl = `${graphs}
    type Product @join__type(graph: SHOP, key: "id") { id: ID! }
    type Page @join__type(graph: SHOP) { id: ID! }`;
  expect(typesOwnedAlone(sdl)).toEqual(new Map());
});
