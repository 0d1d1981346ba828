import { join } from 'node:path';
import { UsageError } from '@federated-media/stack/command-line';
import { supergraphPath } from '@federated-media/stack/composition';
import type { Documents } from '@federated-media/stack/composition/problem';
import { readIfExists } from '@federated-media/subgraph-kit/files';
import { messageOf } from '@federated-media/subgraph-kit/error-code';
import { concatAST, parse, Source } from 'graphql';
import { commitOf, git } from './git.ts';

/** The graph as clients have it, which changes are measured by. */
export interface Committed {
  /** Null when there is none yet. */
  readonly supergraph: string | null;
  /** For people: where it is from. */
  readonly from: string;
  /** Null when it is from no commit. */
  readonly commit: string | null;
  /** Why it is not from where it should be; null when it is. */
  readonly caution: string | null;
}

interface Options {
  readonly root: string;
  /** A git ref; absent: where this branch left the main one. */
  readonly against: string | undefined;
  /** The branch a pull request is for, when the CI says so. */
  readonly baseBranch: string | undefined;
}

/** What GitHub calls the commit before a branch's first. */
const noCommit = /^0{40}$/;

/** Throws UsageError when `against` is not to be had: what was asked for is never guessed. */
export async function readCommitted(options: Options): Promise<Committed> {
  const { root, against } = options;
  if (against !== undefined && !noCommit.test(against)) return readAgainst(root, against);
  if ((await git(root, 'rev-parse', '--git-dir')) === null) {
    return readWorkingTree(root, 'There is no git repository here, or no git');
  }
  const base = await mergeBase(options);
  if (base === null) {
    return readWorkingTree(
      root,
      'Where this branch left the main one is not known here (a shallow clone?): `git fetch --unshallow origin main:refs/remotes/origin/main` gets it, or `--against <ref>` says what to compare with',
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
      `--against ${ref}: there is no such commit here. In a shallow clone, \`git fetch origin ${ref}\` gets it.`,
    );
  }
  const supergraph = await fileAt(root, commit);
  const from = `${ref} (${commit.slice(0, 8)})`;
  const caution = `${from} has no ${supergraphPath}: nothing to compare with.`;
  return { supergraph, from, commit, caution: supergraph === null ? caution : null };
}

/** The subgraphs as they were then, each with its places. */
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

/** The file itself tells what was last composed here: it hides what was changed and composed since. */
async function readWorkingTree(root: string, reason: string): Promise<Committed> {
  return {
    supergraph: await readIfExists(join(root, supergraphPath)),
    from: `${supergraphPath} as it lies here`,
    commit: null,
    caution: `${reason}. Compared with ${supergraphPath} as it lies here, which hides what was composed before, scopes and other directives of the subgraphs included.`,
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

/** `./`, because the project need not be the whole repository. */
const fileAt = (root: string, commit: string) => git(root, 'show', `${commit}:./${supergraphPath}`);
