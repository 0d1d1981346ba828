import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { git, noGit } from '@federated-media/stack/testing/git';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readCommitted, readSdlAt } from './committed.ts';

let folder: string;
/** The project is a folder of the repository. */
let root: string;

beforeEach(async ({ skip }) => {
  if (noGit) skip(noGit);
  folder = await temporaryFolder();
  root = join(folder, 'repository/project');
  await mkdir(join(root, 'gateway'), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function commit(supergraph: string): Promise<string> {
  await writeFile(join(root, 'gateway/supergraph.graphql'), supergraph);
  await git(root, 'add', '.');
  await git(root, 'commit', '-qm', supergraph);
  return git(root, 'rev-parse', 'HEAD');
}

const read = (options: { root?: string; against?: string; baseBranch?: string } = {}) =>
  readCommitted({ root, against: undefined, baseBranch: undefined, ...options });

async function branched() {
  await git(join(root, '..'), 'init', '-q', '-b', 'main');
  const left = await commit('as it was');
  await git(root, 'checkout', '-q', '-b', 'feature');
  await commit('as it becomes');
  await git(root, 'checkout', '-q', 'main');
  await commit('as it is on main since');
  await git(root, 'checkout', '-q', 'feature');
  return left;
}

test('compares with the commit where the branch left the main branch', async () => {
  const left = await branched();
  expect(await read()).toEqual({
    supergraph: 'as it was',
    from: `main (${left.slice(0, 8)})`,
    commit: left,
    caution: null,
  });
});

test('in a clone the main branch is that of the origin, or the target of a pull request', async () => {
  await branched();
  await git(root, 'branch', '-q', 'release', 'feature');
  await git(root, 'checkout', '-q', 'main');
  await git(folder, 'clone', '-q', 'repository', 'clone');
  const clone = join(folder, 'clone/project');
  await git(clone, 'checkout', '-q', '-b', 'more', 'origin/feature');
  expect(await read({ root: clone })).toMatchObject({ supergraph: 'as it was', caution: null });
  expect(await read({ root: clone, baseBranch: 'release' })).toMatchObject({
    supergraph: 'as it becomes',
    from: expect.stringMatching(/^origin\/release \(\w{8}\)$/),
  });
});

test('--against selects the commit', async () => {
  await branched();
  expect(await read({ against: 'main' })).toMatchObject({ supergraph: 'as it is on main since' });
  expect(await read({ against: 'HEAD' })).toMatchObject({ supergraph: 'as it becomes' });
});

test.each(['nowhere', '--help', '-1', '', 'HEAD:project'])(
  'rejects --against %j',
  async (against) => {
    await branched();
    await expect(read({ against })).rejects.toThrow(
      `--against ${against}: this commit does not exist`,
    );
  },
);

test('ignores the null commit of GitHub for a new branch', async () => {
  await branched();
  expect(await read({ against: '0'.repeat(40) })).toMatchObject({ supergraph: 'as it was' });
});

test('a shallow clone compares with its own file, and reports it', async () => {
  await branched();
  await git(root, 'checkout', '-q', 'main');
  const url = `file://${join(folder, 'repository')}`;
  await git(folder, 'clone', '-q', '--depth', '1', '--branch', 'feature', url, 'clone');
  const clone = join(folder, 'clone/project');
  const { caution, ...committed } = await read({ root: clone });
  expect(committed).toEqual({
    supergraph: 'as it becomes',
    from: 'gateway/supergraph.graphql in the working tree',
    commit: null,
  });
  expect(await read({ root: clone, baseBranch: 'main' })).toEqual({ caution, ...committed });

  const [, ...advice] = /Run `git ([^`]+)`/.exec(caution ?? '') ?? [];
  await git(clone, ...advice.join(' ').split(' '));
  expect(await read({ root: clone })).toMatchObject({ supergraph: 'as it was', caution: null });
});

test('outside of git the file is compared with itself, with a warning', async () => {
  await writeFile(join(root, 'gateway/supergraph.graphql'), 'the working tree');
  expect(await read()).toMatchObject({
    supergraph: 'the working tree',
    commit: null,
    caution: expect.stringContaining('This is not a git repository'),
  });
});

test('without a graph in the main branch, the file is used, with a warning', async () => {
  await git(join(root, '..'), 'init', '-q', '-b', 'main');
  await git(root, 'commit', '-q', '--allow-empty', '-m', 'nothing');
  expect(await read()).toMatchObject({
    supergraph: null,
    caution: expect.stringMatching(/^main \(\w{8}\) has no gateway\/supergraph\.graphql/),
  });
  expect(await read({ against: 'main' })).toMatchObject({
    supergraph: null,
    caution: expect.stringContaining('nothing was compared'),
  });
});

test('reads the subgraphs of a commit with their locations, not those of the working tree', async () => {
  await git(join(root, '..'), 'init', '-q', '-b', 'main');
  const texts = {
    'subgraphs/cms/src/shelf.graphql': 'type Shelf { id: ID }',
    'subgraphs/cms/src/room/room.graphql': 'type Room { id: ID }',
    'subgraphs/cms/other/room.graphql': 'type Other { id: ID }',
    'subgraphs/blog/src/post.graphql': 'type Post { id: ID }',
  };
  for (const [path, text] of Object.entries(texts)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const then = await commit('a');
  await rm(join(root, 'subgraphs'), { recursive: true });
  const documents = await readSdlAt(root, then);
  expect([...documents.keys()]).toEqual(['blog', 'cms']);
  const [room, shelf] = documents.get('cms')!.definitions;
  expect(room?.loc?.source).toMatchObject({
    name: 'subgraphs/cms/src/room/room.graphql',
    body: 'type Room { id: ID }',
  });
  expect(shelf?.loc?.source.name).toBe('subgraphs/cms/src/shelf.graphql');
  expect(documents.get('cms')?.definitions).toHaveLength(2);
});

test('rejects a commit with invalid GraphQL, with the location', async () => {
  await git(join(root, '..'), 'init', '-q', '-b', 'main');
  await mkdir(join(root, 'subgraphs/cms/src'), { recursive: true });
  await writeFile(join(root, 'subgraphs/cms/src/shelf.graphql'), 'type Shelf {{ id: ID }');
  const then = await commit('a');
  await expect(readSdlAt(root, then)).rejects.toThrow(
    `subgraphs/cms/src/shelf.graphql of ${then.slice(0, 8)} cannot be read: Syntax Error`,
  );
});
