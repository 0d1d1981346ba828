import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { openGeneratedCode } from './generated-code.ts';

const INPUT = 'subgraphs/shelves/src/shelf.graphql';
const SCHEMA = 'prisma/shelves/schema.prisma';
const OUTPUT = 'subgraphs/shelves/src/generated/graphql.ts';

let root: string;

const write = async (path: string, text: string) => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
};

beforeEach(async () => {
  root = await temporaryFolder();
  await write('pnpm-lock.yaml', '');
  await write(
    'turbo.json',
    JSON.stringify({
      tasks: {
        codegen: {
          inputs: ['package.json', 'src/**/*.graphql', '$TURBO_ROOT$/prisma/*/*.prisma'],
          outputs: ['src/generated/**'],
        },
      },
    }),
  );
  await write(
    'subgraphs/shelves/package.json',
    '{ "name": "shelves", "scripts": { "codegen": "…" } }',
  );
  await write('packages/other/package.json', '{ "name": "other" }');
  await write(INPUT, 'type Shelf { id: ID! }');
  await write(SCHEMA, 'model Shelf {}');
});
afterEach(() => rm(root, { recursive: true }));

const isCurrent = async () => (await openGeneratedCode(root)).isCurrent;

async function generate() {
  const code = await openGeneratedCode(root);
  await write(OUTPUT, 'export interface Shelf {}');
  await code.remember();
}

test('generated code is current after the generation', async () => {
  expect(await isCurrent()).toBe(false);
  await generate();
  expect(await isCurrent()).toBe(true);
});

test('it is current when all of a folder are inputs, and the generation adds a folder to it', async () => {
  const tasks = {
    codegen: { inputs: ['src/**', '!src/generated/**'], outputs: ['src/generated/**'] },
  };
  await write('turbo.json', JSON.stringify({ tasks }));
  await generate();
  expect(await isCurrent()).toBe(true);
});

test.for([
  ['an input changed', () => write(INPUT, 'type Shelf { id: ID! name: String }')],
  ['an input was added', () => write('subgraphs/shelves/src/room.graphql', 'type Room')],
  ['a file outside of the package changed', () => write(SCHEMA, 'model Shelf { id Int }')],
  ['the versions of the generators changed', () => write('pnpm-lock.yaml', 'changed')],
  ['an output was changed', () => write(OUTPUT, '')],
  ['an output was removed', () => rm(join(root, OUTPUT))],
] as const)('it is not current when %s', async ([, change]) => {
  await generate();
  await change();
  expect(await isCurrent()).toBe(false);
});

test('it is current when other files changed', async () => {
  await generate();
  await write('subgraphs/shelves/src/service.ts', 'export {};');
  expect(await isCurrent()).toBe(true);
});

test('a change during the generation is not forgotten', async () => {
  const code = await openGeneratedCode(root);
  await write(INPUT, 'type Shelf { id: ID! changed: Int }');
  await code.remember();
  expect(await isCurrent()).toBe(false);
});
