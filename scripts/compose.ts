import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { runCommandLine } from '@federated-media/stack/command-line';
import { committedSupergraph, composeProject } from '@federated-media/stack/composition';
import { readIfThere } from '@federated-media/stack/files';
import { allSubgraphs } from '@federated-media/stack/subgraphs';

const usage = `pnpm compose           writes gateway/supergraph.graphql from the subgraphs' .graphql files
pnpm compose --check   fails when that would change it`;

await runCommandLine(usage, async (args) => {
  const { values } = parseArgs({ args, options: { check: { type: 'boolean' } } });
  const composed = await composeProject(allSubgraphs);
  const isUpToDate = (await readIfThere(committedSupergraph)) === composed.trim();

  if (isUpToDate) return 'gateway/supergraph.graphql is up to date.';
  if (values.check) {
    throw new Error(
      'gateway/supergraph.graphql is not what the subgraphs compose to. Run `pnpm compose` and commit it.',
    );
  }
  await writeFile(committedSupergraph, composed);
  return 'gateway/supergraph.graphql written.';
});
