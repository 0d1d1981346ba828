import { parseArgs } from 'node:util';
import { runCommandLine, UsageError } from '@federated-media/stack/command-line';
import { projectRoot } from '@federated-media/stack/project';
import { runCommand } from './checks/command.ts';
import { makeConsumer } from './new-consumer/make.ts';
import { named } from './new-consumer/names.ts';

const usage = `pnpm new:consumer <name> <Entity>   creates a subgraph whose entities use files of the CMS:
                                    pnpm new:consumer recipes Recipe
pnpm new:consumer … --no-install    only writes the files

The name is used for its folder and scopes (recipe-book); the entity is a type of the graph (Recipe).`;

const INSTALL = ['--yes', 'pnpm@12.21.0', 'install', '--no-frozen-lockfile', '--prefer-offline'];

const NEXT = `Created: subgraphs/__name__, prisma/__name__, test/__name__.test.ts, and a line in the list of subgraphs.
Next: pnpm test, then pnpm start and, for instance,
  mutation { create__Entity__(input: { title: "The first" }) { __entity__ { id } userErrors { message } } }
  query { __entities__ { nodes { id title mediaAssociations { caption media { url } } } } }`;

await runCommandLine(usage, async (args) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { 'no-install': { type: 'boolean', default: false } },
  });
  const [name, entity, ...rest] = positionals;
  if (name === undefined || entity === undefined || rest.length > 0) {
    throw new UsageError('Missing arguments: the name of the subgraph and the name of its entity.');
  }
  const { names, undo } = await makeConsumer({ name, entity, root: projectRoot, now: new Date() });
  try {
    await run('oxfmt', [`subgraphs/${name}`, `prisma/${name}`, `test/${name}.test.ts`]);
    if (!values['no-install']) {
      await run('npx', INSTALL);
      // In separate processes: this one has loaded the former list of subgraphs.
      await run('node', ['scripts/generate.ts']);
      await run('node', ['scripts/compose.ts']);
    }
  } catch (error) {
    await undo();
    throw error;
  }
  return named(NEXT, names);
});

async function run(program: string, args: readonly string[]) {
  const { passed, report } = await runCommand(program, args);
  if (!passed) throw new Error(`${program} ${args.join(' ')} failed:\n${report}`);
}
