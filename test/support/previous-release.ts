import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { dropDatabase, withDatabase } from '@federated-media/migrations/databases';
import { projectRoot } from '@federated-media/stack/project';
import { settingName } from '@federated-media/stack/subgraphs';
import { git, noGit } from '@federated-media/stack/testing/git';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { inject } from 'vitest';
import { z } from 'zod';
import type { Version } from './replicas.ts';

/** As `pnpm changeset tag` names them. */
const TAGS = ['--match=v*', '--match=federated-media@*'];
const run = promisify(execFile);

/** The commit of the release before this version: the latest tag, or TEST_PREVIOUS_RELEASE. Null: nothing is released yet. */
export async function findPreviousRelease(): Promise<string | null> {
  const given = process.env['TEST_PREVIOUS_RELEASE'];
  if (given) return given;
  if (noGit) return null;
  try {
    return await git(projectRoot, 'describe', '--tags', '--abbrev=0', ...TAGS, 'HEAD^');
  } catch {
    return null;
  }
}

/** The code of a commit in a new folder, ready to run. Its packages may have to be fetched. */
export async function openRelease(commit: string): Promise<Version> {
  const root = join(await temporaryFolder(), 'release');
  await mkdir(root);
  const archive = `${root}.tar`;
  await git(projectRoot, 'archive', `--output=${archive}`, commit);
  await run('tar', ['-x', '-f', archive, '-C', root]);
  await rm(archive);
  const { packageManager } = z
    .object({ packageManager: z.string() })
    .parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
  const pnpm = (args: readonly string[], env = {}) =>
    run('npx', ['--yes', packageManager, ...args], {
      cwd: root,
      env: { ...process.env, CI: 'true', ...env },
      maxBuffer: 64 * 2 ** 20,
    });
  await pnpm(['install', '--frozen-lockfile', '--prefer-offline']);
  await pnpm(['generate']);

  return {
    root,
    async createDatabase(subgraph) {
      const name = `release_${subgraph.replaceAll('-', '_')}_${randomUUID().replaceAll('-', '')}`;
      const url = withDatabase(inject('postgresUrl'), name);
      await pnpm(['db', subgraph, 'migrate'], { [settingName(subgraph, 'DATABASE_URL')]: url });
      return { url, drop: () => dropDatabase(url) };
    },
  };
}
