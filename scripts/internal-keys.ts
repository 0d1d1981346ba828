import { runCommandLine, UsageError } from '@federated-media/stack/command-line';
import { keysByModule } from '@federated-media/stack/internal-keys';
import { dataDirOf } from '@federated-media/stack/project';
import { withoutEmpty } from '@federated-media/stack/stack/environment';
import { allSubgraphs } from '@federated-media/stack/subgraphs';
import { resolveSecret } from '@federated-media/subgraph-kit/secrets';

const usage = `INTERNAL_SECRET=… pnpm internal:keys [module]   prints INTERNAL_KEYS of each module, or of one

Each module can then act only as itself. During a rotation INTERNAL_SECRET has two secrets,
comma-separated: the first one signs. See docs/tokens.md.`;

await runCommandLine(usage, async ([wanted, ...more]) => {
  if (more.length > 0) throw new UsageError('Name one module, or none.');
  const { INTERNAL_SECRET: configured, ...env } = withoutEmpty(process.env);
  const secrets = await resolveSecret({
    name: 'INTERNAL_SECRET',
    configured,
    dataDir: dataDirOf(env),
    production: env['NODE_ENV'] === 'production',
  });
  const keys = keysByModule(
    secrets,
    allSubgraphs.map(({ name }) => name),
  );
  if (wanted === undefined) {
    return [...keys].map(([name, value]) => `# ${name}\nINTERNAL_KEYS=${value}`).join('\n\n');
  }
  const value = keys.get(wanted);
  if (value !== undefined) return `INTERNAL_KEYS=${value}`;
  throw new UsageError(`Unknown module "${wanted}". Known: ${[...keys.keys()].join(', ')}.`);
});
