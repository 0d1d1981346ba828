import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { runCommandLine, UsageError } from '@federated-media/stack/command-line';
import { withDevelopmentDatabase } from '@federated-media/stack/development-database';
import { dataDirOf } from '@federated-media/stack/project';
import { mainOf, settingName } from '@federated-media/stack/subgraphs';

const [consumer = ''] = process.argv.splice(2, 1);

const usage = `pnpm ${consumer} reconcile             compares its uses of files with the CMS's ledger, and mends what differs
pnpm ${consumer} reconcile --dry-run   only says what differs

The CMS must run (CMS_URL; by default that of \`pnpm start\`). The database is the embedded one, or that of
${settingName(consumer, 'DATABASE_URL')}. Ends with 1 when it could not finish.`;

await runCommandLine(usage, async (args) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { 'dry-run': { type: 'boolean', default: false } },
  });
  const [task, ...rest] = positionals;
  if (task !== 'reconcile' || rest.length > 0) throw new UsageError('What to do? Say reconcile.');

  const { env } = process;
  const dataDir = dataDirOf(env);
  return withDevelopmentDatabase(consumer, { env, dataDir }, async (url) => {
    const child = spawn(
      process.execPath,
      [mainOf(consumer, task), ...(values['dry-run'] ? ['--dry-run'] : [])],
      {
        stdio: 'inherit',
        env: { ...env, DATA_DIR: dataDir, [settingName(consumer, 'DATABASE_URL')]: url },
      },
    );
    await once(child, 'close');
    if (child.exitCode !== 0) throw new Error(`The ${consumer} could not be reconciled.`);
    return '';
  });
});
