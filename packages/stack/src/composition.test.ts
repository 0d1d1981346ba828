import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { composeProject, composeSupergraph, readSdl } from './composition.ts';
import { allSubgraphs } from './subgraphs.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])`;

let root: string;

beforeEach(async () => {
  root = await temporaryFolder();
});

afterEach(() => rm(root, { recursive: true }));

test('all .graphql files of a subgraph are one document, whatever refers to what', async () => {
  await write('a/query.graphql', 'type Query { shelf: Shelf }');
  await write('b/shelf.graphql', 'type Shelf { id: ID! }');
  await write('link.graphql', link);
  const sdl = await readSdl('cms', root);
  expect(sdl.indexOf('type Query')).toBeLessThan(sdl.indexOf('type Shelf'));
  expect(compose({ cms: sdl })).toContain('type Shelf');
});

test('the order subgraphs are given in changes nothing', () => {
  const cms = `${link} type Query { shelf: Shelf } type Shelf @key(fields: "id") { id: ID! }`;
  const catalog = `${link} type Query { book: Book } type Book { shelf: Shelf }
    type Shelf @key(fields: "id", resolvable: false) { id: ID! }`;
  expect(compose({ catalog, cms })).toBe(compose({ cms, catalog }));
});

test('what does not compose is told all at once, with the names of the subgraphs', () => {
  const cms = `${link} type Query { shelf: Shelf, other: String }
    type Shelf @key(fields: "id") { id: ID!, room: String }`;
  const catalog = `${link} type Query { other: String }
    type Shelf @key(fields: "id") { id: ID!, room: Int }`;
  expect(() => compose({ cms, catalog })).toThrow(
    /- .*Query\.other.*catalog.*cms[^]*\n {2}- .*Shelf\.room/,
  );
});

test('a syntax error is told with its file', async () => {
  await write('shelf.graphql', 'type Shelf {');
  await expect(readSdl('cms', root)).rejects.toThrow('[cms] shelf.graphql: Syntax Error');
});

test('a subgraph without a schema is told', async () => {
  await expect(readSdl('cms', root)).rejects.toThrow('[cms] has no .graphql file');
});

const names = allSubgraphs.map(({ name }) => name);
const consumers = names.filter((name) => name !== 'cms');
/** With the CMS any of the others; and each of them alone. */
const graphs = [
  ...Array.from({ length: 2 ** consumers.length }, (_none, set) => [
    'cms',
    ...consumers.filter((_name, place) => (set >> place) % 2 === 1),
  ]),
  ...consumers.map((name) => [name]),
];

test.each(graphs.map((graph) => [graph.join()]))('%s is a graph', async (setting) => {
  const enabled = setting.split(',');
  const supergraph = await composeProject(
    allSubgraphs.filter(({ name }) => enabled.includes(name)),
  );
  const graphNames = supergraph.matchAll(/@join__graph\(name: "([^"]+)"/g);
  expect(new Set(Array.from(graphNames, ([, name]) => name))).toEqual(new Set(enabled));
});

test('every subgraph has an address of its own', async () => {
  const supergraph = await composeProject(allSubgraphs);
  for (const { name, port } of allSubgraphs) {
    const address = `@join__graph(name: "${name}", url: "http://127.0.0.1:${port}/graphql")`;
    expect(supergraph).toContain(address);
  }
});

function compose(sdls: Record<string, string>): string {
  return composeSupergraph(
    Object.entries(sdls).map(([name, sdl]) => ({ name, sdl, url: `http://${name}/graphql` })),
  );
}

async function write(path: string, sdl: string): Promise<void> {
  const file = join(root, 'subgraphs/cms/src', path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, sdl);
}
