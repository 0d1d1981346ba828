import type { Reference, World } from '../world.ts';

const echo = (_root: unknown, given: Record<string, unknown>) => JSON.stringify(given);
const described = ({ id }: Reference, given: Record<string, unknown>) =>
  `${id} ${JSON.stringify(given)}`;
const things = (_root: unknown, { ids }: { ids: (string | null)[] }) =>
  ids.map((id) => (id === null || id === '9' ? null : { id }));
const plus = ({ id }: Reference, { by }: { by: number }) => Number(id) + by;
const related = ({ id }: Reference, { ids }: { ids?: string[] | null }) =>
  ids?.map((other) => ({ id: other })) ?? [{ id }];
const types = `
  scalar Json
  enum Kind { ONE TWO THREE }
  input Filter { text: String min: Int = 0 any: [Filter!] kinds: [Kind!] = [ONE] not: Filter json: Json }`;

export const inputs: World = {
  name: 'inputs',
  subgraphs: {
    echoes: {
      sdl: `${types}
        type Thing @key(fields: "id") { id: ID! related(ids: [ID!]): [Thing!]! }
        type Query {
          echo(text: String = "d", list: [Int], nested: [[String!]], filter: Filter, kind: Kind! = ONE, json: Json, id: ID, on: Boolean, float: Float): String!
          things(ids: [ID]! = ["1"]): [Thing]!
        }`,
      resolvers: { Query: { echo, things }, Thing: { related } },
    },
    details: {
      sdl: `${types}
        type Thing @key(fields: "id") {
          id: ID!
          describe(filter: Filter, kinds: [Kind!], json: Json, text: String): String
          plus(by: Int! = 1): Int
        }`,
      resolvers: { Thing: { describe: described, plus } },
    },
  },
  monolith: { Query: { echo, things }, Thing: { related, describe: described, plus } },
  variableNames: ['representations', 'data', 'constructor'],
  operations: [
    {
      query:
        'query ($constructor: ID) { echo(id: $constructor) things { ... { id } plus ... { related { id } } } }',
      variables: { constructor: '1' },
    },
    '{ things(ids: ["1", "2"]) { id a: plus(by: 2) b: plus(by: 3) plus } }',
    {
      query: 'query ($representations: Int!) { things { plus(by: $representations) } }',
      variables: { representations: 5 },
    },
    {
      query: 'query ($representations: [ID]!) { things(ids: $representations) { id plus } }',
      variables: { representations: ['1', '9', '2'] },
    },
    {
      query: 'query ($representations: Json) { echo(json: $representations) things { plus } }',
      variables: { representations: [{ __typename: 'Thing', id: '1' }] },
    },
    {
      query: 'query ($f: Filter) { echo(filter: $f) things { describe(filter: $f) } }',
      variables: { f: { text: null, any: [{ min: 1 }], json: { a: [1] } } },
    },
    {
      query:
        'query ($a: String, $b: Int = 4) { echo(text: $a, list: [1, $b]) x: echo(text: $a, filter: { min: $b, not: { text: $a } }) }',
      variables: {},
    },
  ],
};
