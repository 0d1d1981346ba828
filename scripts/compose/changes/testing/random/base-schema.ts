/** A schema with all kinds of elements. */
export const baseSchema = `
schema { query: Query mutation: Mutation }

directive @access(scope: String!) on FIELD_DEFINITION
directive @cacheControl(maxAge: Int! = 5, scope: Scope) on OBJECT | FIELD_DEFINITION
directive @tag(name: String!) repeatable on
  OBJECT | FIELD_DEFINITION | ARGUMENT_DEFINITION | INTERFACE | UNION | SCALAR |
  ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION
directive @show(as: Size, large: Boolean! = false, note: String = "none") repeatable on FIELD | QUERY

enum Scope { PUBLIC PRIVATE }
enum Size { SMALL LARGE HUGE }
enum Kind { BOOK FILM SONG @deprecated(reason: "Use FILM. Gone from 2026-01-01 on.") }
scalar Day @specifiedBy(url: "https://example.com/day")
scalar Money

interface Node { id: ID! @access(scope: "node") }
interface Work implements Node { id: ID! title(size: Size = SMALL, words: Int! = 3): String authors: [Author!]! }

"A book."
type Book implements Work & Node @cacheControl(maxAge: 60) {
  id: ID!
  title(size: Size = SMALL, words: Int! = 3): String
  authors: [Author!]!
  pages: Int
  kind: Kind! @deprecated(reason: "Always a book. Gone from 2026-01-01 on.")
  cover(size: Size!): Cover @deprecated(reason: "Gone from 2026-06-01 on. Use image.")
}
type Film implements Work & Node {
  id: ID!
  title(size: Size = SMALL, words: Int! = 3): String
  authors: [Author!]!
  minutes: Int! @tag(name: "shop")
  released: Day
}
type Song implements Node @tag(name: "music") { id: ID! seconds: Float }
"Who made it."
type Author { name: String! works(filter: WorkFilter, first: Int! = 10, kinds: [Kind!]): [Work] born: Day }
type Cover { url: String! width: Int }
union Result = Book | Film | Author

input WorkFilter { kind: Kind = BOOK kinds: [Kind!] title: String! = "" price: PriceRange page: Int! = 1 }
input PriceRange @tag(name: "shop") { from: Money to: Money }
input ByInput { id: ID sku: String }
input CreateBookInput { title: String! pages: Int kind: Kind! by: ByInput }

type Query {
  node(id: ID!): Node
  search(text: String!, filter: WorkFilter = { kind: BOOK, title: "a" }, limit: Int = 10): [Result!]!
  book(by: ByInput!): Book @access(scope: "read")
  authors(first: Int): [Author!] @cacheControl(maxAge: 5)
}
type Mutation {
  createBook(input: CreateBookInput!): Book
  removeBook(id: ID!, force: Boolean = false): ID @access(scope: "write")
}
`;
