import { parse, Source } from 'graphql';
import { expect, test } from 'vitest';
import { lint } from './lint.ts';

/** The findings in `sdl`, except missing descriptions. */
const found = (sdl: string) =>
  lint(parse(new Source(sdl, 'a.graphql')))
    .filter(({ code }) => code !== 'NO_DESCRIPTION')
    .map(({ code, coordinate }) => `${code} ${coordinate}`);

test('reports all elements without a description with their line, also in extensions', () => {
  const schema = `
    directive @access(scope: String!) on FIELD_DEFINITION
    type File @key(fields: "id", resolvable: false) { id: ID! }
    enum Kind { IMAGE }
    input FileInput { name: String }
    extend type Query { file(id: ID!): File }
    """ """
    scalar Blank
  `;
  const undescribed = lint(parse(new Source(schema, 'a.graphql')));
  expect(undescribed.map(({ coordinate, places }) => [coordinate, places[0]?.line])).toEqual([
    ['@access', 2],
    ['@access(scope:)', 2],
    ['File', 3],
    ['File.id', 3],
    ['Kind', 4],
    ['Kind.IMAGE', 4],
    ['FileInput', 5],
    ['FileInput.name', 5],
    ['Query.file', 6],
    ['Query.file(id:)', 6],
    ['Blank', 8],
  ]);
  expect(undescribed[0]).toMatchObject({ severity: 'error', places: [{ file: 'a.graphql' }] });
});

test('a described schema passes, and the root types need no description', () => {
  const schema = `
    "A file." type File { "Its id." id: ID! }
    type Query { "One file." file("Its id." id: ID!): File }
  `;
  expect(lint(parse(schema))).toEqual([]);
});

test.each([
  ['type file { id: ID }', ['NAMING file']],
  ['type Media_File { id: ID }', ['NAMING Media_File']],
  ['type MEDIAFILE { id: ID }', ['NAMING MEDIAFILE']],
  ['type File { Id: ID, file_size: Int }', ['NAMING File.Id', 'NAMING File.file_size']],
  ['type File { url(For: ID): ID }', ['NAMING File.url(For:)']],
  ['enum Kind { IMAGE, Video, webM }', ['NAMING Kind.Video', 'NAMING Kind.webM']],
  ['directive @Access on FIELD_DEFINITION', ['NAMING @Access']],
  ['extend type query { fileId: ID, url: URL }', ['NAMING query']],
  ['scalar URL scalar SafeInt enum Kind { MP3, A_B2 } type A { aUrl: URL, x2: Int }', []],
])('names: %s', (sdl, problems) => expect(found(sdl)).toEqual(problems));

test.each([
  ['input File { id: ID }', ['INPUT_NAME File']],
  ['input FileInput { id: ID } input FileFilter { id: ID } input DateTimeRange { from: ID }', []],
  ['input FileOrder { id: ID } input ImageTransform { width: Int }', []],
])('names of input types: %s', (sdl, problems) => expect(found(sdl)).toEqual(problems));

test.each([
  ['file(id: ID!): FilePayload!', ['MUTATION_INPUT Mutation.file']],
  ['file(input: ID!, more: ID): FilePayload!', ['MUTATION_INPUT Mutation.file']],
  ['file(input: ID!): FilePayload', ['MUTATION_PAYLOAD Mutation.file']],
  ['file(input: ID!): File!', ['MUTATION_PAYLOAD Mutation.file']],
  ['file(input: [ID!]!): [FilePayload!]!', []],
])('mutations: %s', (mutation, problems) => {
  expect(found(`extend type Mutation { ${mutation} }`)).toEqual(problems);
});

test.each([
  ['type FilePayload { file: File }', ['PAYLOAD_USER_ERRORS FilePayload']],
  ['type FilePayload { userErrors: [Error] }', ['PAYLOAD_USER_ERRORS FilePayload']],
  ['type FilePayload { userErrors: [Error!]! }', []],
])('payloads have user errors: %s', (sdl, problems) => expect(found(sdl)).toEqual(problems));

test.each([
  ['file: File!', ['NON_NULL_REFERENCE Use.file']],
  ['files: [File!]!', ['NON_NULL_REFERENCE Use.files']],
  ['files: [File!]', ['NON_NULL_REFERENCE Use.files']],
  ['file: File, files: [File]!, others: [File], product: Product!', []],
])('references to entities of other subgraphs are nullable: %s', (field, problems) => {
  const stub = 'type File @key(fields: "id", resolvable: false) { id: ID! }';
  expect(found(`${stub} type Product { id: ID } type Use { ${field} }`)).toEqual(problems);
});

test('references to own entities may be non-null', () => {
  const sdl = 'type File @key(fields: "id") { id: ID! } type Use { file: File! }';
  expect(found(sdl)).toEqual([]);
});

test.each([
  ['a: ID @deprecated', ['DEPRECATION_REASON File.a']],
  ['a: ID @deprecated(reason: " ")', ['DEPRECATION_REASON File.a']],
  ['a(b: ID @deprecated): ID', ['DEPRECATION_REASON File.a(b:)']],
  ['a: ID @deprecated(reason: "Use b.")', []],
])('deprecations have a reason: %s', (field, problems) => {
  expect(found(`type File { ${field} }`)).toEqual(problems);
});

test.each([
  ['Use b. Gone from 2027-03-01 on.', []],
  ['Use b, as of 2024-02-29. Gone from 2027-03-01 on.', []],
  ['Gone from 2027-02-31 on.', ['DEPRECATION_DATE File.a']],
  ['Use b, as of 2025-02-29. Gone from 2027-03-01 on.', ['DEPRECATION_DATE File.a']],
  ['Gone from 2027-3-1 on.', ['DEPRECATION_DATE File.a']],
  ['Gone from March on.', ['DEPRECATION_DATE File.a']],
  ['Gone from 2027-03-01.', ['DEPRECATION_DATE File.a']],
  ['Gone from 2027-03-01 on. Gone from 2027-04-01 on.', ['DEPRECATION_DATE File.a']],
  ['Gone after 2027-03-01.', ['DEPRECATION_DATE File.a']],
])('dates of deprecations: %s', (reason, problems) => {
  expect(found(`type File { a: ID @deprecated(reason: "${reason}") }`)).toEqual(problems);
});

test.each([
  ['type File @access(scope: "a") { id: ID }', ['ACCESS_IGNORED File']],
  ['extend type File @access(scope: "a")', ['ACCESS_IGNORED File']],
  ['type File { id(of: ID @access(scope: "a")): ID }', ['ACCESS_IGNORED File.id(of:)']],
  ['input FileInput { id: ID @access(scope: "a") }', ['ACCESS_IGNORED FileInput.id']],
  ['enum Kind { IMAGE @access(scope: "a") }', ['ACCESS_IGNORED Kind.IMAGE']],
  ['type File { id: ID @access(scope: "") }', ['ACCESS_IGNORED File.id']],
  ['type File { id: ID @access(scope: "a") } interface Node { id: ID @access(scope: "a") }', []],
])('scopes are only allowed on fields: %s', (sdl, problems) => {
  expect(found(sdl)).toEqual(problems);
});
