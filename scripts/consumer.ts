import { parseArgs } from 'node:util';
import { runCommandLine, UsageError } from '@federated-media/stack/command-line';
import { withDevelopmentDatabase } from '@federated-media/stack/development-database';
import { dataDirOf } from '@federated-media/stack/project';
import { runProgram } from '@federated-media/stack/run-program';
import { mainOf, settingName } from '@federated-media/stack/subgraphs';

const [consumer = ''] = process.argv.splice(2, 1);
const databaseSetting = settingName(consumer, 'DATABASE_URL');

const usage = `pnpm ${consumer} reconcile             compares its usages of files with the CMS's ledger and corrects differences
pnpm ${consumer} reconcile --dry-run   only reports differences

The CMS must be running (CMS_URL; default: that of \`pnpm start\`). The database is the embedded one, or that of
${databaseSetting}. The exit code is 1 when it could not finish.`;

await runCommandLine(usage, async ([task, ...args]) => {
  if (task !== 'reconcile') throw new UsageError('Missing or unknown command. Command: reconcile.');
  parseArgs({ args, options: { 'dry-run': { type: 'boolean' } } });
  const { env } = process;
  const dataDir = dataDirOf(env);
  process.exitCode = await withDevelopmentDatabase(consumer, { env, dataDir }, (url) =>
    runProgram(mainOf(consumer, task), {
      args,
      env: { ...env, DATA_DIR: dataDir, [databaseSetting]: url },
    }),
  );
  return '';
});
