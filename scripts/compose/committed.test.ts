import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { git, noGit } from '@federated-media/stack/testing/git';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readCommitted, readSdlAt } from './committed.ts';

let folder: string;
/** The project is not the whole repository. */
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

test('compared is with where the branch left the main one, whatever came to that since', async () => {
  const left = await branched();
  expect(await read()).toEqual({
    supergraph: 'as it was',
    from: `main (${left.slice(0, 8)})`,
    commit: left,
    caution: null,
  });
});

test('in a clone the main branch is the origin’s, or the one a pull request is for', async () => {
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

test('--against is what it says', async () => {
  await branched();
  expect(await read({ against: 'main' })).toMatchObject({ supergraph: 'as it is on main since' });
  expect(await read({ against: 'HEAD' })).toMatchObject({ supergraph: 'as it becomes' });
});

test.each(['nowhere', '--help', '-1', '', 'HEAD:project'])(
  '--against %j is refused, not guessed',
  async (against) => {
    await branched();
    await expect(read({ against })).rejects.toThrow(
      `--against ${against}: there is no such commit`,
    );
  },
);

test('the commit before a branch’s first, as GitHub calls it, is none: the usual holds', async () => {
  await branched();
  expect(await read({ against: '0'.repeat(40) })).toMatchObject({ supergraph: 'as it was' });
});

test('a shallow clone of a branch has its own file to compare with, and says so', async () => {
  await branched();
  await git(root, 'checkout', '-q', 'main');
  const url = `file://${join(folder, 'repository')}`;
  await git(folder, 'clone', '-q', '--depth', '1', '--branch', 'feature', url, 'clone');
  const clone = join(folder, 'clone/project');
  const { caution, ...committed } = await read({ root: clone });
  expect(committed).toEqual({
    supergraph: 'as it becomes',
    from: 'gateway/supergraph.graphql as it lies here',
    commit: null,
  });
  expect(await read({ root: clone, baseBranch: 'main' })).toEqual({ caution, ...committed });

  const [, ...advice] = /`git ([^`]+)` gets it/.exec(caution ?? '') ?? [];
  await git(clone, ...advice.join(' ').split(' '));
  expect(await read({ root: clone })).toMatchObject({ supergraph: 'as it was', caution: null });
});

test('outside git the file is compared with itself, and says so', async () => {
  await writeFile(join(root, 'gateway/supergraph.graphql'), 'as it lies here');
  expect(await read()).toMatchObject({
    supergraph: 'as it lies here',
    commit: null,
    caution: expect.stringContaining('There is no git repository here'),
  });
});

test('a main branch that has no graph yet leaves the file, and says so', async () => {
  await git(join(root, '..'), 'init', '-q', '-b', 'main');
  await git(root, 'commit', '-q', '--allow-empty', '-m', 'nothing');
  expect(await read()).toMatchObject({
    supergraph: null,
    caution: expect.stringMatching(/^main \(\w{8}\) has no gateway\/supergraph\.graphql/),
  });
  expect(await read({ against: 'main' })).toMatchObject({
    supergraph: null,
    caution: expect.stringContaining('nothing to compare with'),
  });
});

test('the subgraphs of a commit are read with their places, whatever lies here', async () => {
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

test('a subgraph of a commit that is no GraphQL is refused with its place', async () => {
  await git(join(root, '..'), 'init', '-q', '-b', 'main');
  await mkdir(join(root, 'subgraphs/cms/src'), { recursive: true });
  await writeFile(join(root, 'subgraphs/cms/src/shelf.graphql'), 'type Shelf {{ id: ID }');
  const then = await commit('a');
  await expect(readSdlAt(root, then)).rejects.toThrow(
    `subgraphs/cms/src/shelf.graphql of ${then.slice(0, 8)} cannot be read: Syntax Error`,
  );
});
