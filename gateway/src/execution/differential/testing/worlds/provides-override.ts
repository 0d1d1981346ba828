import type { Reference, World } from '../world.ts';

const reviews = [
  { id: '1', text: 'good', by: '1' },
  { id: '2', text: null, by: '2' },
  { id: '3', text: 'bad', by: null },
];
const users: Record<string, Record<string, unknown>> = {
  1: { id: '1', name: 'Ann', email: 'ann@example.com', contact: { phone: '1', fax: null } },
  2: { id: '2', name: null, email: null, contact: null },
};
const all = () => reviews;
const review = (_root: unknown, { id }: Reference) =>
  reviews.find((candidate) => candidate.id === id) ?? null;
const userOf = ({ by }: { by: string | null }) => (by === null ? null : users[by]);
const age = ({ id }: Reference) => (id === '2' ? null : 30);
const user = (_root: unknown, { id }: Reference) => users[id] ?? null;
const reviewsOf = ({ id }: Reference) => reviews.filter(({ by }) => by === id);

export const providesOverride: World = {
  name: '@provides and @override',
  subgraphs: {
    reviews: {
      sdl: `
        type Contact @shareable { phone: String fax: String }
        type Review @key(fields: "id") {
          id: ID! text: String author: User @provides(fields: "name contact { phone }") writer: User
        }
        type User @key(fields: "id") {
          id: ID! name: String @external contact: Contact @external reviews: [Review!]!
        }
        type Query { reviews: [Review!]! review(id: ID!): Review }`,
      resolvers: {
        Query: { reviews: all, review },
        Review: {
          author: userOf,
          writer: ({ by }: { by: string | null }) => (by === null ? null : { id: by }),
        },
        User: { reviews: reviewsOf },
      },
    },
    users: {
      sdl: `
        type Contact @shareable { phone: String fax: String }
        type User @key(fields: "id") {
          id: ID! name: String @shareable email: String contact: Contact @shareable age: Int
        }
        type Query { user(id: ID!): User }`,
      resolvers: {
        Query: { user },
        User: { __resolveReference: ({ id }: Reference) => users[id], age: () => -1 },
      },
    },
    ages: {
      sdl: `type User @key(fields: "id") { id: ID! age: Int @override(from: "users") }`,
      resolvers: { User: { age } },
    },
  },
  monolith: {
    Query: { reviews: all, review, user },
    Review: { author: userOf, writer: userOf },
    User: { age, reviews: reviewsOf },
  },
  operations: [
    '{ reviews { author { name contact { phone } } } }',
    '{ reviews { author { name age contact { phone fax } } writer { name age } } }',
    '{ user(id: "1") { age email reviews { writer { age } } } }',
  ],
};
