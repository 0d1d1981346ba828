import { parseArgs } from 'node:util';
import { runCommandLine } from '@federated-media/stack/command-line';
import { openDemoStore } from '@federated-media/stack/demo-store';
import { dataDirOf } from '@federated-media/stack/project';
import { createProgress } from '@federated-media/stack/progress';
import { startStack } from '@federated-media/stack/stack';
import { banner } from './start/banner.ts';
import { listenForStopSignals } from './start/stop-signals.ts';

const usage = `pnpm start   starts the database, the subgraphs and the gateway. Press Ctrl-C to stop.
pnpm dev     does the same and restarts what changes.

The settings are in the README. Among them:
  PORT=4000 CMS_PORT=4001 CATALOG_PORT=4002 ART_GALLERY_PORT=4003 BLOG_PORT=4004   0 for any free port
  SUBGRAPHS=cms,catalog,art-gallery,blog   name=url (its GraphQL URL) for one that runs elsewhere
  PROCESSES=one                            many: the gateway and each subgraph in its own process
  DATA_DIR=.data                           database, files, development secrets`;

await runCommandLine(usage, async (args) => {
  const { values } = parseArgs({ args, options: { watch: { type: 'boolean', default: false } } });
  const env = process.env;
  // A closed terminal accepts no more output, and must not keep this process from stopping the others.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const { report, during } = createProgress(print);
  const stopSignals = listenForStopSignals();
  const stack = await startStack({
    dataDir: dataDirOf(env),
    ports: 'default',
    env,
    generate: true,
    hostHere: true,
    watch: values.watch,
    output: 'inherit',
    signal: stopSignals.signal,
    report,
  });
  stopSignals.onSecond(() => stack.kill());
  const over = Promise.race([stack.failed, stopSignals.first]);
  const demo = openDemoStore(stack, { env, signal: stopSignals.signal, report });
  const exampleImageUrl = await during(
    'loading the demo store',
    Promise.race([demo, over.then(() => null)]),
  );
  if (!stopSignals.signal.aborted) {
    report('ready');
    process.stdout.write(banner(stack, exampleImageUrl));
  }

  const failure = await over;
  report('stopping');
  await during('stopping', stack.stop());
  if (failure) throw new Error(`${failure.message} The other processes were stopped.`);
  return '';
});
// A download that a client does not read to its end would keep this process alive.
process.exit();

function print(line: string): void {
  const seconds = (performance.now() / 1000).toFixed(1);
  process.stdout.write(`${seconds.padStart(6)} s  ${line}\n`);
}
