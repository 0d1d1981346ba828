import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { composeProject, composeSubgraphs, readSdl } from './composition.ts';
import { allSubgraphs } from './subgraphs.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])`;

let root: string;

beforeEach(async () => {
  root = await temporaryFolder();
});

afterEach(() => rm(root, { recursive: true }));

test('combines all .graphql files of a subgraph into one document', async () => {
  await write('a/query.graphql', 'type Query { shelf: Shelf }');
  await write('b/shelf.graphql', 'type Shelf { id: ID! }');
  await write('link.graphql', link);
  const sdl = await readSdl('cms', root);
  expect(sdl.indexOf('type Query')).toBeLessThan(sdl.indexOf('type Shelf'));
  expect(composition({ cms: sdl }).supergraph).toContain('type Shelf');
});

test('ignores the order of subgraphs', () => {
  const cms = `${link} type Query { shelf: Shelf } type Shelf @key(fields: "id") { id: ID! }`;
  const catalog = `${link} type Query { book: Book } type Book { shelf: Shelf }
    type Shelf @key(fields: "id", resolvable: false) { id: ID! }`;
  const { supergraph } = composition({ catalog, cms });
  expect(supergraph).toContain('type Book');
  expect(composition({ cms, catalog }).supergraph).toBe(supergraph);
});

test('reports all composition errors, with subgraphs and locations', () => {
  const cms = `${link} type Query { shelf: Shelf, other: String }
    type Shelf @key(fields: "id") { id: ID!, room: String }`;
  const catalog = `${link} type Query { other: String }
    """
    Described over lines.
    """
    type Shelf @key(fields: "id") { id: ID!, room: Int }`;
  const { supergraph, problems } = composition({ cms, catalog });
  expect(supergraph).toBeNull();
  const at = (inCatalog: number, inCms: number) => [
    { file: 'subgraphs/catalog/src/schema.graphql', line: inCatalog },
    { file: 'subgraphs/cms/src/schema.graphql', line: inCms },
  ];
  expect(problems.map(({ code, coordinate, places }) => [code, coordinate, places])).toEqual([
    ['INVALID_FIELD_SHARING', 'Query.other', at(1, 1)],
    ['FIELD_TYPE_MISMATCH', 'Shelf.room', at(5, 2)],
    ['INVALID_FIELD_SHARING', 'Shelf.room', at(5, 2)],
  ]);
  expect(problems[0]?.message).toMatch(/Query\.other.*catalog.*cms/);
});

test('reports an error of the whole graph at the field in its message', () => {
  const cms = `${link} type Query { shelf: Shelf }
    type Shelf @key(fields: "id") { id: ID! }`;
  const catalog = `${link} type Query { name: String }
    type Shelf @key(fields: "id", resolvable: false) {
      id: ID!
      room: String
    }`;
  expect(composition({ cms, catalog }).problems).toMatchObject([
    {
      code: 'SATISFIABILITY_ERROR',
      coordinate: 'Shelf.room',
      places: [{ file: 'subgraphs/catalog/src/schema.graphql', line: 4 }],
    },
  ]);
});

test('reports a duplicate type in one subgraph at both locations', () => {
  const cms = `${link} type Query { shelf: Shelf }
    type Shelf { id: ID! }
    type Shelf { id: ID! }`;
  const file = 'subgraphs/cms/src/schema.graphql';
  expect(composition({ cms }).problems).toMatchObject([
    {
      code: 'INVALID_GRAPHQL',
      places: [
        { file, line: 2 },
        { file, line: 3 },
      ],
    },
  ]);
});

test('a hint has locations and a severity', () => {
  const cms = `extend schema @link(
    url: "https://specs.apollo.dev/federation/v2.9", import: ["@shareable"])
    type Query { shelf: Shelf @shareable }
    "One way." scalar Date
    type Shelf @shareable { id: ID! }`;
  const blog = cms.replace('One way', 'Another').replace('id: ID!', 'id: ID!, at: Date');
  expect(composition({ cms, blog }).hints).toMatchObject([
    { code: 'INCONSISTENT_DESCRIPTION', places: [{ line: 4 }, { line: 4 }], isGrave: true },
    {
      code: 'INCONSISTENT_OBJECT_VALUE_TYPE_FIELD',
      coordinate: 'Shelf',
      places: [{ line: 5 }, { line: 5 }],
      isGrave: false,
    },
  ]);
});

test('reports a syntax error with its file', async () => {
  await write('shelf.graphql', 'type Shelf {');
  await expect(readSdl('cms', root)).rejects.toThrow(
    'subgraphs/cms/src/shelf.graphql:1: [cms] Syntax Error',
  );
});

test('reports a subgraph without a schema', async () => {
  await expect(readSdl('cms', root)).rejects.toThrow('[cms] has no .graphql file');
});

const names = allSubgraphs.map(({ name }) => name);
const consumers = names.filter((name) => name !== 'cms');
/** All subsets of consumers with the CMS, and each consumer alone. */
const graphs = [
  ...Array.from({ length: 2 ** consumers.length }, (_none, set) => [
    'cms',
    ...consumers.filter((_name, place) => (set >> place) % 2 === 1),
  ]),
  ...consumers.map((name) => [name]),
];

test.each(graphs.map((graph) => [graph.join()]))('composes %s', async (setting) => {
  const enabled = setting.split(',');
  const supergraph = await composeProject(
    allSubgraphs.filter(({ name }) => enabled.includes(name)),
  );
  const graphNames = supergraph.matchAll(/@join__graph\(name: "([^"]+)"/g);
  expect(new Set(Array.from(graphNames, ([, name]) => name))).toEqual(new Set(enabled));
});

test('each subgraph has a different URL', async () => {
  const supergraph = await composeProject(allSubgraphs);
  for (const { name, port } of allSubgraphs) {
    const address = `@join__graph(name: "${name}", url: "http://127.0.0.1:${port}/graphql")`;
    expect(supergraph).toContain(address);
  }
});

function composition(sdls: Record<string, string>) {
  return composeSubgraphs(
    Object.entries(sdls).map(([name, text]) => ({
      name,
      url: `http://${name}/graphql`,
      files: [{ path: 'schema.graphql', text }],
    })),
  );
}

async function write(path: string, sdl: string): Promise<void> {
  const file = join(root, 'subgraphs/cms/src', path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, sdl);
}
