import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCommandLine, UsageError } from '@federated-media/stack/command-line';
import { composeProject, composedFiles } from '@federated-media/stack/composition';
import { readIfExists } from '@federated-media/subgraph-kit/files';
import { projectRoot } from '@federated-media/stack/project';
import { allSubgraphs } from '@federated-media/stack/subgraphs';
import { checkComposition } from './compose/check.ts';
import { toAnnotations, toJson, toText } from './compose/report.ts';

const usage = `pnpm compose           writes gateway/supergraph.graphql and schema.graphql (what clients see) from the subgraphs'
                       .graphql files
pnpm compose --check   fails when a file is out of date, when the subgraphs do not compose, violate our
                       conventions or cannot execute the operations of clients, and on breaking changes
  --against <ref>      the version to compare with; default: where this branch left the main branch
  --json               all findings, for programs`;

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
    throw new UsageError('--against and --json require --check.');
  }
  return write();
});

async function write(): Promise<string> {
  const files = composedFiles(await composeProject(allSubgraphs));
  const written = Array.from(files, async ([file, text]) => {
    const path = join(projectRoot, file);
    if ((await readIfExists(path)) === text) return `${file} is up to date.`;
    await writeFile(path, text);
    return `${file} written.`;
  });
  return (await Promise.all(written)).join('\n');
}

async function check(against: string | undefined, isJson: boolean): Promise<string> {
  const report = await checkComposition({
    root: projectRoot,
    subgraphs: allSubgraphs,
    against,
    baseBranch: process.env['GITHUB_BASE_REF'] || undefined,
    today: new Date().toISOString().slice(0, 10),
  });
  if (report.findings.some(({ severity }) => severity === 'error')) process.exitCode = 1;
  if (isJson) return toJson(report);
  const isOnGithub = process.env['GITHUB_ACTIONS'] === 'true';
  return isOnGithub ? `${toText(report)}\n${toAnnotations(report)}`.trimEnd() : toText(report);
}
