import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { composeProject, composedFiles } from '@federated-media/stack/composition';
import { allSubgraphs } from '@federated-media/stack/subgraphs';
import { git, noGit } from '@federated-media/stack/testing/git';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { copyTree, linkModules, treeAt, type TreeCopy } from '@federated-media/stack/tree-copy';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { checkComposition } from '../scripts/compose/check.ts';
import { toAnnotations, toText } from '../scripts/compose/report.ts';

const MINUTES = 60_000;
const PRODUCT = 'subgraphs/catalog/src/product/product.graphql';
const BLOG = 'subgraphs/blog/src/schema.graphql';
const PRODUCT_MEDIA = 'subgraphs/catalog/src/product-media/product-media.graphql';

/** The working copy of a CI: a clone of the repository with installed packages. */
let clone: TreeCopy;
let origin: TreeCopy;

beforeAll(async () => {
  if (noGit) return;
  origin = await copyTree();
  await git(origin.root, 'init', '-q', '-b', 'main');
  await commit(origin.root);
  clone = treeAt(await temporaryFolder());
  await git(clone.root, 'clone', '-q', origin.root, '.');
  await linkModules(clone.root);
}, MINUTES);
afterAll(() => noGit ?? Promise.all([clone.close(), origin.close()]));

beforeEach(async ({ skip }) => {
  if (noGit) skip(noGit);
  await git(clone.root, 'reset', '-q', '--hard');
  await git(clone.root, 'checkout', '-q', '-B', 'feature', 'origin/main');
});

test('a clean tree passes', async () => {
  const { code, printed } = await runWorkflow();
  expect(printed).toMatch(/Compared with origin\/main \(\w{8}\): 0 errors/);
  expect(printed).not.toContain('::error');
  expect(code).toBe(0);
});

interface Damage {
  readonly what: string;
  readonly file: string;
  readonly change: readonly [from: string, to: string];
  /** Error codes with their file and the start of their line. */
  readonly errors: readonly (readonly [code: string, file: string, line: string])[];
  readonly isComposed?: boolean;
}

test.each<Damage>([
  {
    what: 'a changed field type',
    file: PRODUCT,
    change: ['  version: Int!', '  version: String!'],
    errors: [['FIELD_CHANGED_KIND', PRODUCT, '  version: String!']],
  },
  {
    what: 'a removed field that an operation asks for',
    file: PRODUCT,
    change: [
      `  "The description. At most 10000 characters. Null when not given."\n  description: String\n`,
      '',
    ],
    errors: [
      ['FIELD_REMOVED', PRODUCT, 'type Product '],
      ['INVALID_OPERATION', 'operations/product-page.graphql', '    description'],
      ['INVALID_OPERATION', 'operations/product-editor.graphql', '  description'],
    ],
  },
  {
    what: 'a field without a description',
    file: PRODUCT,
    change: ['  version: Int!', '  version: Int!\n  colour: String'],
    errors: [['NO_DESCRIPTION', PRODUCT, '  colour: String']],
  },
  {
    what: 'a reference to another subgraph that is never null',
    file: PRODUCT_MEDIA,
    change: ['  media: MediaFile\n', '  media: MediaFile!\n'],
    errors: [['NON_NULL_REFERENCE', PRODUCT_MEDIA, '  media: MediaFile!']],
  },
  {
    what: 'a scope that tokens of clients may lack',
    file: PRODUCT,
    change: [
      '): ProductConnection! @access(scope: "catalog:read")',
      '): ProductConnection! @access(scope: "catalog:list")',
    ],
    errors: [['ACCESS_TIGHTENED', PRODUCT, '  products(']],
  },
  {
    what: 'a supergraph and a schema that are out of date',
    file: PRODUCT,
    change: ['"An item that a store sells."', '"What a store sells."'],
    errors: [
      ['OUT_OF_DATE', 'gateway/supergraph.graphql', 'schema'],
      ['OUT_OF_DATE', 'schema.graphql', '"""'],
    ],
    isComposed: false,
  },
  {
    what: 'a type that two subgraphs disagree about',
    file: BLOG,
    change: ['  hasNextPage: Boolean!', '  hasNextPage: Int!'],
    errors: [['FIELD_TYPE_MISMATCH', BLOG, '  hasNextPage: Int!']],
    isComposed: false,
  },
  {
    what: 'an invalid schema',
    file: BLOG,
    change: ['  hasNextPage: Boolean!', '  hasNextPage: Boolean!!'],
    errors: [['INVALID_GRAPHQL', BLOG, '  hasNextPage: Boolean!!']],
    isComposed: false,
  },
])('$what fails, with file and line', async ({ file, change, errors, isComposed = true }) => {
  await changeOn('feature', { file, change, isComposed });
  const printed = await report();
  expect(printed.match(/^error /gm)).toHaveLength(errors.length);
  for (const [name, place, line] of errors) {
    const at = await lineOf(place, line);
    expect(printed).toContain(`::error file=${place},line=${at},title=${name}::`);
    expect(printed).toContain(`at ${place}:${at}\n`);
  }
});

const withoutCreatedAt = {
  file: PRODUCT_MEDIA,
  change: [`  "When the file was attached in this role."\n  createdAt: DateTime!\n`, ''],
} as const;

test('the documented break fails as documented, and passes once it is accepted as documented', async () => {
  await changeOn('feature', withoutCreatedAt);
  const [report] = await blocks('');
  const { code, printed } = await runWorkflow();
  expect(code).toBe(1);
  expect(printed).toContain(report);

  const [list = ''] = await blocks('json');
  await writeFile(join(clone.root, 'gateway/accepted-breaks.json'), list);
  const accepted = await runWorkflow();
  expect(accepted.printed).toContain('Accepted: Never shown by any client');
  expect(accepted.printed).not.toContain('::error');
  expect(accepted.code).toBe(0);
});

test('a push to the main branch is compared with the previous commit', async () => {
  const before = await git(clone.root, 'rev-parse', 'HEAD');
  await changeOn('main', withoutCreatedAt);
  await git(clone.root, 'update-ref', 'refs/remotes/origin/main', 'main');
  expect((await runWorkflow()).code).toBe(0);
  const pushed = await runWorkflow({ AGAINST: before });
  expect(pushed.printed).toContain('title=FIELD_REMOVED::ProductMedia.createdAt was removed.');
  expect(pushed.code).toBe(1);
  await git(clone.root, 'update-ref', 'refs/remotes/origin/main', before);
  expect((await runWorkflow({ AGAINST: 'f'.repeat(40) })).code).toBe(2);
});

test('every command in the documentation works', async () => {
  const commands = (await blocks('sh')).flatMap((block) => block.split('\n'));
  const inYaml = (await blocks('yaml')).flatMap((block) =>
    Array.from(block.matchAll(/^ +- (.*compose.*)$/gm), ([, command = '']) => command),
  );
  expect([commands.length, inYaml.length]).toEqual([3, 1]);
  for (const command of [...commands, ...inYaml]) {
    const { code, printed, stdout } = await shell(command);
    expect(code, `${command}: ${printed}`).toBe(0);
    if (command.endsWith('--json')) expect(JSON.parse(stdout)).toMatchObject({ passed: true });
    else expect(printed).toContain('0 errors');
  }
});

interface Change {
  readonly file: string;
  readonly change: readonly [from: string, to: string];
  readonly isComposed?: boolean;
}

async function changeOn(branch: string, { file, change: [from, to], isComposed = true }: Change) {
  await git(clone.root, 'checkout', '-q', '-B', branch);
  await clone.edit(file, (text) => {
    expect(text).toContain(from);
    return text.replace(from, to);
  });
  if (isComposed) {
    const files = composedFiles(await composeProject(allSubgraphs, clone.root));
    for (const [path, text] of files) await writeFile(join(clone.root, path), text);
  }
  await commit(clone.root);
}

/** What the workflow prints, without starting processes. */
async function report(): Promise<string> {
  const found = await checkComposition({
    root: clone.root,
    subgraphs: allSubgraphs,
    against: undefined,
    baseBranch: 'main',
    today: '2026-11-29',
  });
  return `${toText(found)}\n${toAnnotations(found)}`;
}

/** The commands of the workflow after the installation; packages are linked here. */
async function runWorkflow(env: Readonly<Record<string, string>> = {}) {
  const workflow = await readFile(join(clone.root, '.github/workflows/composition.yml'), 'utf8');
  const commands = Array.from(workflow.matchAll(/^ +(?:- )?run: (.+)$/gm), ([, run = '']) => run);
  expect(commands).toHaveLength(2);
  expect(commands[0]).toMatch(/ install --frozen-lockfile$/);
  const github = { GITHUB_ACTIONS: 'true', GITHUB_BASE_REF: 'main', AGAINST: '', ...env };
  return shell(commands[1] ?? '', github);
}

async function shell(command: string, env: Readonly<Record<string, string>> = {}) {
  const nowhere = { GITHUB_ACTIONS: '', GITHUB_BASE_REF: '' };
  const options = {
    cwd: clone.root,
    env: { ...process.env, ...nowhere, pnpm_config_verify_deps_before_run: 'false', ...env },
  };
  const answer = await promisify(execFile)('bash', ['-e', '-c', command], options).then(
    (ended) => ({ code: 0, ...ended }),
    (error: unknown) => error as { code: number; stdout: string; stderr: string },
  );
  return { ...answer, printed: answer.stdout + answer.stderr };
}

async function commit(folder: string): Promise<void> {
  await git(folder, 'add', '-A');
  await git(folder, 'commit', '-q', '-m', 'A change');
}

/** The number of the first line with this start. */
async function lineOf(file: string, start: string): Promise<number> {
  const lines = (await readFile(join(clone.root, file), 'utf8')).split('\n');
  const index = lines.findIndex((line) => line.startsWith(start));
  expect(index, `${file}: ${start}`).not.toBe(-1);
  return index + 1;
}

/** The code blocks of the page in this language. */
async function blocks(language: string): Promise<string[]> {
  const page = await readFile(join(clone.root, 'docs/composition-checks.md'), 'utf8');
  const found = page.matchAll(/^```(\w*)\n(.*?)\n```$/gms);
  return Array.from(found).flatMap(([, of, text = '']) => (of === language ? [text] : []));
}
