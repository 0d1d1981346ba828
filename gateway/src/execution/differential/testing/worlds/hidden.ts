import type { Reference, World } from '../world.ts';

const shown = (id: string) => ({ __typename: 'Shown', id, kind: id === '2' ? 'SECRET' : 'OPEN' });
const hidden = (id: string) => ({ __typename: 'Hidden', id, kind: 'OPEN' });
const Query = {
  things: () => [shown('1'), hidden('2'), null, shown('2')],
  thing: () => hidden('1'),
  any: () => [hidden('3'), shown('1')],
  strict: () => shown('1'),
};
const kinds = ({ id }: Reference) => (id === '1' ? ['OPEN', 'SECRET'] : ['OPEN']);
const sure = ({ id }: Reference) => (id === '1' ? 'OPEN' : 'SECRET');

/** A subgraph also resolves what clients cannot see. */
export const hiddenValues: World = {
  name: '@inaccessible',
  subgraphs: {
    things: {
      sdl: `
        enum Kind { OPEN SECRET @inaccessible }
        interface Thing { id: ID! kind: Kind }
        type Shown implements Thing @key(fields: "id") { id: ID! kind: Kind secret: String @inaccessible }
        type Hidden implements Thing @inaccessible { id: ID! kind: Kind }
        union Any = Shown | Hidden
        type Query { things: [Thing]! thing: Thing any: [Any!] strict: Thing! }`,
      resolvers: { Query, Shown: { __resolveReference: ({ id }: Reference) => shown(id) } },
    },
    kinds: {
      sdl: `
        enum Kind { OPEN SECRET @inaccessible }
        type Shown @key(fields: "id") { id: ID! kinds: [Kind!] sure: Kind! }`,
      resolvers: { Shown: { kinds, sure } },
    },
  },
  monolith: { Query, Shown: { kinds, sure } },
  operations: [
    '{ things { id kind } }',
    '{ thing { id } any { __typename } }',
    '{ strict { id ... on Shown { kinds sure } } }',
  ],
};
