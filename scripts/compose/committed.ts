import { join } from 'node:path';
import { UsageError } from '@federated-media/stack/command-line';
import { supergraphPath } from '@federated-media/stack/composition';
import type { Documents } from '@federated-media/stack/composition/problem';
import { readIfExists } from '@federated-media/subgraph-kit/files';
import { messageOf } from '@federated-media/subgraph-kit/error-code';
import { concatAST, parse, Source } from 'graphql';
import { commitOf, git } from './git.ts';

/** The graph that clients use, with which changes are compared. */
export interface Committed {
  /** Null when it does not exist yet. */
  readonly supergraph: string | null;
  /** Its origin, for the report. */
  readonly from: string;
  /** Null when it is not from a commit. */
  readonly commit: string | null;
  /** Why another version had to be used; null otherwise. */
  readonly caution: string | null;
}

interface Options {
  readonly root: string;
  /** A git ref; absent: the commit where this branch left the main branch. */
  readonly against: string | undefined;
  /** The target branch of a pull request, if CI sets it. */
  readonly baseBranch: string | undefined;
}

/** The commit that GitHub sends as the predecessor of a new branch. */
const noCommit = /^0{40}$/;

/** Throws UsageError when `against` does not exist: no other version is used instead. */
export async function readCommitted(options: Options): Promise<Committed> {
  const { root, against } = options;
  if (against !== undefined && !noCommit.test(against)) return readAgainst(root, against);
  if ((await git(root, 'rev-parse', '--git-dir')) === null) {
    return readWorkingTree(root, 'This is not a git repository, or git is not installed');
  }
  const base = await mergeBase(options);
  if (base === null) {
    return readWorkingTree(
      root,
      'The commit where this branch left the main branch is unknown (a shallow clone?). Run `git fetch --unshallow origin main:refs/remotes/origin/main`, or set the version with `--against <ref>`',
    );
  }
  const supergraph = await fileAt(root, base.commit);
  const from = `${base.name} (${base.commit.slice(0, 8)})`;
  if (supergraph === null) return readWorkingTree(root, `${from} has no ${supergraphPath}`);
  return { supergraph, from, commit: base.commit, caution: null };
}

async function readAgainst(root: string, ref: string): Promise<Committed> {
  const commit = await commitOf(root, ref);
  if (commit === null) {
    throw new UsageError(
      `--against ${ref}: this commit does not exist here. In a shallow clone, run \`git fetch origin ${ref}\`.`,
    );
  }
  const supergraph = await fileAt(root, commit);
  const from = `${ref} (${commit.slice(0, 8)})`;
  const caution = `${from} has no ${supergraphPath}, so that nothing was compared.`;
  return { supergraph, from, commit, caution: supergraph === null ? caution : null };
}

/** Reads the subgraphs at a commit, with locations. */
export async function readSdlAt(root: string, commit: string): Promise<Documents> {
  const listed = await git(root, 'ls-tree', '-r', '--name-only', commit, '--', 'subgraphs');
  const files = (listed ?? '').split('\n').flatMap((path) => {
    const [, subgraph] = /^subgraphs\/([^/]+)\/src\/.+\.graphql$/.exec(path) ?? [];
    return subgraph === undefined ? [] : [{ path, subgraph }];
  });
  const found = await Promise.all(
    files.map(async ({ path, subgraph }) => ({
      subgraph,
      document: await readFileAt(root, { commit, path }),
    })),
  );
  const bySubgraph = Map.groupBy(found, ({ subgraph }) => subgraph);
  return new Map(
    [...bySubgraph].map(([name, files]) => [
      name,
      concatAST(files.map(({ document }) => document)),
    ]),
  );
}

async function readFileAt(root: string, { commit, path }: { commit: string; path: string }) {
  const text = await git(root, 'show', `${commit}:./${path}`);
  try {
    return parse(new Source(text ?? '', path));
  } catch (error) {
    const reason = `${path} of ${commit.slice(0, 8)} cannot be read: ${messageOf(error)}`;
    throw new Error(reason, { cause: error });
  }
}

/** The file in the working tree is the last composed version; it hides changes that were composed since. */
async function readWorkingTree(root: string, reason: string): Promise<Committed> {
  return {
    supergraph: await readIfExists(join(root, supergraphPath)),
    from: `${supergraphPath} in the working tree`,
    commit: null,
    caution: `${reason}. Compared with ${supergraphPath} in the working tree, which hides changes that were already composed, and changes of scopes and other directives.`,
  };
}

async function mergeBase({ root, baseBranch }: Options) {
  const mains = ['origin/HEAD', 'origin/main', 'origin/master', 'main', 'master'];
  for (const name of baseBranch ? [`origin/${baseBranch}`] : mains) {
    if ((await commitOf(root, name)) === null) continue;
    const commit = (await git(root, 'merge-base', 'HEAD', name))?.trim();
    return commit ? { name, commit } : null;
  }
  return null;
}

/** `./`, because the project can be a folder of a larger repository. */
const fileAt = (root: string, commit: string) => git(root, 'show', `${commit}:./${supergraphPath}`);
