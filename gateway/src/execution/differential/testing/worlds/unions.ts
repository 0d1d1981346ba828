import type { Reference, World } from '../world.ts';

const book = (id: string) => ({ __typename: 'Book', id, title: `book ${id}`, by: { id: '7' } });
const author = (id: string) => ({
  __typename: 'Author',
  id,
  name: `author ${id}`,
  best: { id: '2' },
});
const movie = (id: string) => ({ __typename: 'Movie', id, minutes: Number(id) * 60 });

const search = (_root: unknown, { text }: { text?: string | null }) =>
  text === 'a' ? [author('7')] : [book('1'), author('7'), book('2')];
const first = () => book('2');
const authorOf = () => author('7');
const bestOf = () => book('2');
const stock = ({ id }: Reference) => (id === '1' ? null : 5);
const born = ({ id }: Reference) => 1900 + Number(id);
const shelves = () => [{ id: 'a' }, { id: 'b' }];
const hits = ({ id }: Reference) => (id === 'a' ? [book('1'), null, movie('1')] : null);
const top = ({ id }: Reference) => (id === 'a' ? movie('2') : book('2'));

export const unions: World = {
  name: 'unions',
  subgraphs: {
    books: {
      sdl: `
        union Hit = Book | Author
        type Book @key(fields: "id") { id: ID! title: String! by: Author }
        type Author @key(fields: "id") { id: ID! name: String best: Book! }
        type Query { search(text: String): [Hit!]! first: Hit }`,
      resolvers: {
        Query: { search, first },
        Book: { __resolveReference: ({ id }: Reference) => book(id), by: authorOf },
        Author: { __resolveReference: ({ id }: Reference) => author(id), best: bestOf },
      },
    },
    stock: {
      sdl: `
        union Hit = Book | Movie
        union Sold = Movie | Shelf
        type Book @key(fields: "id") { id: ID! stock: Int }
        type Movie @key(fields: "id") { id: ID! minutes: Int }
        type Author @key(fields: "id") { id: ID! born: Int! }
        type Shelf { id: ID! hits: [Hit] top: Hit! }
        type Query { shelves: [Shelf!]! sold: [Sold!] }`,
      resolvers: {
        Query: { shelves, sold: () => [movie('3'), { __typename: 'Shelf', id: 'b' }] },
        Book: { stock },
        Author: { born },
        Shelf: { hits, top },
      },
    },
  },
  monolith: {
    Query: { search, first, shelves, sold: () => [movie('3'), { __typename: 'Shelf', id: 'b' }] },
    Book: { by: authorOf, stock },
    Author: { best: bestOf, born },
    Shelf: { hits, top },
  },
  operations: [
    '{ sold { ... on Hit { ... on Sold { ... on Shelf { id } ... on Movie { id } } } } }',
    {
      query:
        'query ($yes: Boolean!) { sold @include(if: $yes) { ... on Shelf { id @skip(if: true) } } }',
      variables: { yes: true },
    },
    '{ search { __typename ... on Book { title stock by { name born } } ... on Author { born best { stock } } } }',
    '{ shelves { hits { ... on Book { title stock } ... on Movie { minutes } ... on Author { name } } top { __typename } } }',
    '{ sold { ... on Movie { id minutes } ... on Shelf { top { ... on Book { id title by { born } } } } } }',
  ],
};
