import { expect, test } from 'vitest';
import { readSupergraphFacts } from './supergraph-facts.ts';

const graphs = `
  scalar join__FieldSet
  directive @join__graph(name: String!, url: String!) on ENUM_VALUE
  directive @join__type(graph: join__Graph!, key: join__FieldSet, resolvable: Boolean! = true) repeatable on OBJECT
  directive @join__field(graph: join__Graph, requires: join__FieldSet) repeatable on FIELD_DEFINITION
  enum join__Graph {
    CMS @join__graph(name: "cms", url: "http://cms")
    SHOP @join__graph(name: "shop", url: "http://shop")
    NEWS @join__graph(name: "news", url: "http://news")
  }`;

test('a type that others only refer to has one owner', () => {
  const { ownedAlone } = readSupergraphFacts(`${graphs}
    type File @join__type(graph: SHOP, key: "id", resolvable: false) @join__type(graph: CMS, key: "id org { id }")
      @join__type(graph: NEWS, key: "id", resolvable: false) { id: ID! }`);
  expect(ownedAlone).toEqual(new Map([['cms', new Map([['File', new Set(['id', 'org'])]])]]));
});

test('a type that another subgraph also resolves has no single owner', () => {
  const { ownedAlone } = readSupergraphFacts(`${graphs}
    type File @join__type(graph: SHOP, key: "id") @join__type(graph: CMS, key: "id")
      @join__type(graph: NEWS, key: "id", resolvable: false) { id: ID! }`);
  expect(ownedAlone).toEqual(new Map());
});

test('a type without references in other subgraphs has no listed owner', () => {
  const { ownedAlone } = readSupergraphFacts(`${graphs}
    type Product @join__type(graph: SHOP, key: "id") { id: ID! }
    type Page @join__type(graph: SHOP) { id: ID! }`);
  expect(ownedAlone).toEqual(new Map());
});

test('lists the fields of keys and requirements with their arguments', () => {
  const { planned, requiredBy } = readSupergraphFacts(`${graphs}
    type Product @join__type(graph: SHOP, key: "id") {
      id: ID!
      price(in: String, rounded: Boolean): Int
      duty: Int @join__field(graph: NEWS, requires: "price(rounded: true, in: \\"USD\\") parts { weight }")
    }`);
  expect(planned).toEqual(
    new Map([
      ['id', new Set([''])],
      ['price', new Set(['in: "USD",rounded: true'])],
      ['parts', new Set([''])],
      ['weight', new Set([''])],
    ]),
  );
  expect(requiredBy.get('Product.duty')).toMatchObject([{ subgraph: 'news' }]);
});
