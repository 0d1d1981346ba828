import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { buildSchema } from 'graphql';
import { expect, test } from 'vitest';
import { checkOperations, readOperations } from './operations.ts';

const schema = buildSchema(`
  type Query { shelf(id: ID!): Shelf }
  type Shelf { id: ID!, room: String, floor: Int @deprecated(reason: "Use room.") }
`);

const found = (...texts: string[]) =>
  checkOperations(
    texts.map((text, index) => ({ path: `operations/${index}.graphql`, text })),
    schema,
  ).map(({ severity, code, places: [place] }) => [
    severity,
    code,
    `${place?.file.replace('operations/', '')}:${place?.line}`,
  ]);

test('accepts valid operations, also several with shared fragments in one file', () => {
  const one = `query One($id: ID!) { shelf(id: $id) { ...Of } }
    query Two { shelf(id: 2) { ...Of } }
    fragment Of on Shelf { id room }`;
  expect(found(one, 'query Three { shelf(id: 1) { id } }')).toEqual([]);
});

test.each([
  ['query A {\n  shelf(id: 1) {\n    id\n    gone\n  }\n}', 'INVALID_OPERATION', 4],
  ['query A($id: ID) {\n  shelf(id: $id) { id }\n}', 'INVALID_OPERATION', 1],
  ['query A { shelf(id: 1) { id } }\nfragment B on Shelf { id }', 'INVALID_OPERATION', 2],
  ['query A {\n  shelf(id: 1) { id', 'UNREADABLE_OPERATION', 2],
  ['\nfragment A on Shelf { id }', 'NO_OPERATION', 1],
  ['\n{ shelf(id: 1) { id } }', 'OPERATION_NAME', 2],
])('reports %j with its line', (text, code, line) => {
  expect(found(text)).toContainEqual(['error', code, `0.graphql:${line}`]);
});

test('reports two operations with the same name, in one file or in two', () => {
  const query = 'query A { shelf(id: 1) { id } }';
  expect(found(query, query)).toEqual([['error', 'OPERATION_NAME', '1.graphql:1']]);
  expect(found(`${query}\n${query}`)).toEqual([['error', 'INVALID_OPERATION', '0.graphql:1']]);
});

test('deprecated fields are a warning', () => {
  expect(found('query A { shelf(id: 1) {\n floor } }')).toEqual([
    ['warning', 'DEPRECATED_IN_USE', '0.graphql:2'],
  ]);
});

test('reads every document in the folder unchanged', async () => {
  const root = await temporaryFolder();
  expect(await readOperations(root)).toEqual([]);
  for (const path of ['b.graphql', 'a/deep.graphql', 'README.md']) {
    const file = join(root, 'operations', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `# ${path}\n\n`);
  }
  expect(await readOperations(root)).toEqual([
    { path: 'operations/a/deep.graphql', text: '# a/deep.graphql\n\n' },
    { path: 'operations/b.graphql', text: '# b.graphql\n\n' },
  ]);
  await rm(root, { recursive: true });
});
