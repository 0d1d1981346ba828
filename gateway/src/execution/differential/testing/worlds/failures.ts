import type { Reference, World } from '../world.ts';

const fails = (what: string) => () => {
  throw new Error(`${what} failed`);
};
const teams = () => [{ id: '1' }, null, { id: '2' }];
const team = (_root: unknown, { id }: Reference) => (id === '9' ? null : { id });
const Team = {
  name: ({ id }: Reference) => (id === '2' ? null : `team ${id}`),
  lead: ({ id }: Reference) => (id === '2' ? null : { id: '1' }),
  members: ({ id }: Reference) => (id === '1' ? [{ id: '1' }, { id: '2' }] : [{ id: '3' }, null]),
  maybe: () => [{ id: '1' }, null, { id: '2' }, { id: '3' }, { id: '4' }],
  broken: fails('broken'),
  brokenHard: ({ id }: Reference) => (id === '2' ? fails('brokenHard')() : 'whole'),
};
const Person = {
  name: ({ id }: Reference) => (id === '3' ? null : `person ${id}`),
  mail: ({ id }: Reference) => (id === '2' ? fails('mail')() : `${id}@example.com`),
  nick: ({ id }: Reference) => (id === '2' ? fails('nick')() : `nick ${id}`),
  boss: ({ id }: Reference) => (id === '1' ? null : { id: '1' }),
  desk: ({ id }: Reference) =>
    id === '4' ? null : { place: id === '3' ? null : 'window', floor: 1 },
  colour: ({ id }: Reference) => (id === '1' ? 'PURPLE' : 'RED'),
};
const Query = {
  teams,
  team,
  solid: () => ({ id: '1' }),
  hollow: () => null,
  broken: fails('Query.broken'),
  brokenList: () => [{ id: '1' }, new Error('one failed')],
};
const people = () => ['1', '2', '3'].map((id) => ({ id }));
const firm = () => ({ id: '2' });

export const failures: World = {
  name: 'failures',
  subgraphs: {
    teams: {
      sdl: `
        type Team @key(fields: "id") {
          id: ID! name: String! lead: Person! members: [Person!]! maybe: [Person]! broken: String brokenHard: String!
        }
        type Person @key(fields: "id") { id: ID! }
        type Query {
          teams: [Team]! team(id: ID!): Team solid: Team! hollow: Team! broken: Team brokenList: [Team]
        }`,
      resolvers: { Query, Team },
    },
    people: {
      sdl: `
        enum Colour { RED GREEN }
        type Desk { place: String! floor: Int }
        type Person @key(fields: "id") {
          id: ID! name: String! mail: String nick: String! boss: Person desk: Desk! colour: Colour
        }
        type Query { people: [Person!] firm: Person! someone: Person }`,
      resolvers: {
        Query: { people, firm, someone: fails('someone') },
        Person,
      },
    },
  },
  monolith: {
    Query: { ...Query, people, firm, someone: fails('someone') },
    Team,
    Person,
  },
  operations: [
    {
      query:
        'query ($no: Boolean!) { brokenList @skip(if: $no) { maybe { colour desk @skip(if: true) { place } } } }',
      variables: { no: false },
    },
    {
      query:
        'query ($no: Boolean!) { team(id: "3") @skip(if: $no) { maybe { boss { colour @skip(if: true) } } } }',
      variables: { no: false },
    },
    '{ teams { id maybe { id nick } } }',
    '{ teams { id members { name } } }',
    '{ teams { id lead { mail } } solid { broken } }',
    '{ team(id: "1") { maybe { desk { place } colour } } brokenList { id name } }',
    '{ people { mail boss { mail } } someone { name } }',
    '{ hollow { id } }',
    '{ firm { nick } team(id: "1") { id } }',
    '{ solid { members { nick } } }',
  ],
};
