import type { Reference, World } from '../world.ts';

const grid = (id: string) => ({ id });
const cells = ({ id }: Reference) =>
  id === '2' ? [] : [[{ id: '1' }, null, { id: '2' }], [], [{ id: '3' }, { id: '1' }]];
const rows = ({ id }: Reference) =>
  id === '2'
    ? null
    : [
        null,
        [
          { x: 1, y: null },
          { x: 2, y: 3 },
        ],
        [],
      ];
const grids = () => [[grid('1'), null], null, [grid('2')]];
const gridOf = (_root: unknown, { id }: Reference) => (id === '9' ? null : grid(id));
const at = ({ id }: Reference) => (id === '2' ? null : { x: Number(id), y: null });
const origin = () => ({ x: 0, y: 0 });
const colour = ({ id }: Reference) => (id === '3' ? null : { name: 'red', shades: [[id], [null]] });
const near = ({ id }: Reference) => (id === '1' ? [[{ id: '2' }], null, []] : null);
const data = ({ id }: Reference) =>
  id === '2' ? null : { __typename: 'Cell', id, list: [null, {}, [id]], ['__proto__']: { x: 1 } };
const again = () => ({});
const value = `
  scalar Json
  type Point @shareable { x: Int! y: Int }
  type Colour @shareable { name: String! shades: [[String]!] }`;

export const sharedValues: World = {
  name: '@shareable values and nested lists',
  subgraphs: {
    grids: {
      sdl: `${value}
        type Grid @key(fields: "id") { id: ID! cells: [[Cell]!]! rows: [[Point!]] paint: Colour @shareable }
        type Cell @key(fields: "id") { id: ID! at: Point @shareable }
        type Query { grids: [[Grid]] grid(id: ID!): Grid origin: Point @shareable again: Query! @shareable }`,
      resolvers: {
        Query: { grids, grid: gridOf, origin, again },
        Grid: { cells, rows, paint: colour },
        Cell: { at },
      },
    },
    colours: {
      sdl: `${value}
        type Cell @key(fields: "id") { id: ID! at: Point @shareable colour: Colour near: [[Cell!]] data: Json }
        type Grid @key(fields: "id") { id: ID! paint: Colour @shareable frame: Colour! }
        type Query { origin: Point @shareable again: Query @shareable lonely: [Cell!] }`,
      resolvers: {
        Query: { origin, again, lonely: () => [{ id: '3' }, { id: '2' }] },
        Cell: { at, colour, near, data },
        Grid: { paint: colour, frame: () => ({ name: 'black', shades: null }) },
      },
    },
  },
  monolith: {
    Query: { grids, grid: gridOf, origin, again, lonely: () => [{ id: '3' }, { id: '2' }] },
    Grid: { cells, rows, paint: colour, frame: () => ({ name: 'black', shades: null }) },
    Cell: { at, colour, near, data },
  },
  operations: [
    {
      query:
        'query ($yes: Boolean!, $no: Boolean!) { lonely @include(if: $yes) { id @include(if: $no) } }',
      variables: { yes: true, no: false },
    },
    {
      query:
        'query ($no: Boolean!) { grid(id: "1") { id @skip(if: $no) frame @skip(if: $no) { name @include(if: $no) } } }',
      variables: { no: false },
    },
    '{ grids { cells { id colour { name shades } near { at { x } colour { name } } } rows { x y } } }',
    '{ lonely { data at { x } } again { grid(id: "1") { id } again { lonely { data } } } }',
    '{ toString: origin { constructor: x __proto__: y } valueOf: again { lonely { hasOwnProperty: data } } }',
    '{ origin { x y } lonely { at { x } near { id } } grid(id: "1") { frame { name } paint { shades } } }',
  ],
};
