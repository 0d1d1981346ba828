import type { Reference, World } from '../world.ts';

interface Item {
  sku: string;
  brand: { code: string };
}
const item = (sku: string, code: string) => ({ sku, brand: { code } });
const items = [item('1', 'x'), item('1', 'y'), item('2', 'x')];
const all = () => [...items, null];
const nameOf = ({ sku, brand }: Item) => (brand.code === 'y' ? null : `item ${sku}${brand.code}`);
const stockOf = ({ sku, brand }: Item) => (brand.code === 'y' ? Number(sku) : null);
const colours = ({ sku }: Item) => (sku === '2' ? [] : ['RED', 'GREEN']);

const users = [
  { id: '1', email: 'one@example.com', login: 'one' },
  { id: '2', email: 'two@example.com', login: 'two' },
];
const byEmail = (email: unknown) => users.find((user) => user.email === email) ?? null;
const authors = () => [{ email: 'two@example.com' }, { email: 'one@example.com' }];
const author = () => ({ email: 'one@example.com' });
const score = ({ login }: { login: string }) => (login === 'two' ? 0.5 : null);
const bought = ({ id }: Reference) => (id === '1' ? [items[1], items[0]] : null);
const tree = {
  name: 'root',
  below: [{ name: 'left', below: [] }, null, { name: 'right', below: null }],
};

export const keys: World = {
  name: 'keys',
  subgraphs: {
    items: {
      sdl: `
        enum Colour { RED GREEN }
        type Brand @shareable { code: ID! }
        type Item @key(fields: "sku brand { code }") { sku: ID! brand: Brand! name: String }
        type Tree { name: String! below: [Tree] }
        type Query { items: [Item]! tree: Tree }`,
      resolvers: { Query: { items: all, tree: () => tree }, Item: { name: nameOf } },
    },
    stock: {
      sdl: `
        enum Colour { RED GREEN }
        type Brand @shareable { code: ID! }
        type Item @key(fields: "brand { code } sku") { sku: ID! brand: Brand! stock: Int colours: [Colour!]! }
        type User @key(fields: "id") { id: ID! bought: [Item] }`,
      resolvers: { Item: { stock: stockOf, colours }, User: { bought } },
    },
    users: {
      sdl: `type User @key(fields: "id") @key(fields: "email") @key(fields: "login") {
          id: ID! email: String! login: String!
        }`,
      resolvers: {
        User: {
          __resolveReference: ({ id, email, login }: Record<string, unknown>) =>
            byEmail(email) ?? users.find((user) => user.id === id || user.login === login),
        },
      },
    },
    blog: {
      sdl: `
        type User @key(fields: "email") { email: String! }
        type Query { authors: [User!]! author: User }`,
      resolvers: { Query: { authors, author } },
    },
    scores: {
      sdl: `type User @key(fields: "login") { login: String! score: Float }`,
      resolvers: { User: { score } },
    },
  },
  monolith: {
    Query: {
      items: all,
      tree: () => tree,
      authors: () => authors().map(({ email }) => byEmail(email)),
      author: () => byEmail(author().email),
    },
    Item: { name: nameOf, stock: stockOf, colours },
    User: { bought, score },
  },
  operations: [
    '{ items { name stock colours } }',
    '{ authors { score bought { name brand { code } stock } } author { id login } }',
    '{ tree { below { name below { name } } } items { sku brand { code } } }',
  ],
};
