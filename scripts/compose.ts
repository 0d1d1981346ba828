import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCommandLine, UsageError } from '@federated-media/stack/command-line';
import { composeProject, supergraphPath } from '@federated-media/stack/composition';
import { readIfExists } from '@federated-media/subgraph-kit/files';
import { projectRoot } from '@federated-media/stack/project';
import { allSubgraphs } from '@federated-media/stack/subgraphs';
import { checkComposition } from './compose/check.ts';
import { toAnnotations, toJson, toText } from './compose/report.ts';

const usage = `pnpm compose           writes gateway/supergraph.graphql from the subgraphs' .graphql files
pnpm compose --check   fails when that would change it, when the subgraphs don't compose, keep our
                       conventions or answer the operations of clients, and on breaking changes
  --against <ref>      what breaks is measured by; else by where this branch left the main one
  --json               all that was found, for programs`;

await runCommandLine(usage, async (args) => {
  const { values } = parseArgs({
    args,
    options: {
      check: { type: 'boolean' },
      against: { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  if (values.check) return check(values.against, values.json === true);
  if (values.against !== undefined || values.json) {
    throw new UsageError('--against and --json go with --check.');
  }
  return write();
});

async function write(): Promise<string> {
  const composed = await composeProject(allSubgraphs);
  const path = join(projectRoot, supergraphPath);
  if ((await readIfExists(path)) === composed) return `${supergraphPath} is up to date.`;
  await writeFile(path, composed);
  return `${supergraphPath} written.`;
}

async function check(against: string | undefined, isForPrograms: boolean): Promise<string> {
  const report = await checkComposition({
    root: projectRoot,
    subgraphs: allSubgraphs,
    against,
    baseBranch: process.env['GITHUB_BASE_REF'] || undefined,
    today: new Date().toISOString().slice(0, 10),
  });
  if (report.findings.some(({ severity }) => severity === 'error')) process.exitCode = 1;
  if (isForPrograms) return toJson(report);
  const isOnGithub = process.env['GITHUB_ACTIONS'] === 'true';
  return isOnGithub ? `${toText(report)}\n${toAnnotations(report)}`.trimEnd() : toText(report);
}
