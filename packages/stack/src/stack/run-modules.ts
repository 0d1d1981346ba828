import { join } from 'node:path';
import { projectRoot } from '../project.ts';
import type { Module } from '@federated-media/subgraph-kit/module';
import { longestShutdownMs, shutdownTimes } from '@federated-media/subgraph-kit/shutdown';
import { writeSupergraph } from './supergraph.ts';
import { environmentOf } from './environment.ts';
import { generate } from './generate.ts';
import type { Output } from './module-process.ts';
import { hostHere } from './host-here.ts';
import { type Modules, rejectedOnAbort } from './modules.ts';
import type { Environment, Plan, PlannedModule } from './plan.ts';
import { superviseModule, type SupervisedModule } from './supervised-module.ts';
import { messageOf } from '@federated-media/subgraph-kit/error-code';

interface Options {
  readonly plan: Plan;
  readonly env: Environment;
  readonly dataDir: string;
  readonly databaseUrls: ReadonlyMap<string, string>;
  readonly supergraphPath: string;
  readonly output: Output;
  readonly watch?: boolean;
  /** The modules that run in this process, instead of child processes. */
  readonly loaded?: Promise<readonly Module[] | null> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly report: (line: string) => void;
}

/** A process ends itself before; this is for one that hangs. */
const KILL_MARGIN_MS = 5_000;

/**
 * Starts the modules: each in a process, all at the same time, or together in one. Disposing `resources` stops them.
 */
export async function runModules(
  options: Options,
  resources: AsyncDisposableStack,
): Promise<Modules> {
  const { plan, dataDir, output, report } = options;
  const modules = [...plan.subgraphs, plan.gateway];
  const loaded = await options.loaded;
  if (loaded) return hostHere(loaded, options, resources);
  const failure = Promise.withResolvers<Error>();
  let { supergraphPath } = options;
  const stopWithinMs = longestShutdownMs(shutdownTimes(options.env)) + KILL_MARGIN_MS;

  const onEnd = (name: string, how: string) => {
    const message = `The ${name} ended unexpectedly (${how}).`;
    if (options.watch) report(`${message} It starts again when its code changes.`);
    else failure.resolve(new Error(message));
  };
  const supervise = (process: PlannedModule, hosted: readonly PlannedModule[]) => {
    const env = () => environmentOf(hosted, { ...options, supergraphPath });
    const supervised = superviseModule(process, { dataDir, output, stopWithinMs, env, onEnd });
    resources.defer(() => supervised.stop());
    return supervised;
  };
  const all =
    plan.processes === 'one'
      ? [supervise(platformOf(modules, plan), modules)]
      : modules.map((module) => supervise(module, [module]));
  const allReady = Promise.all(
    all.map(async ({ name, ready }) => report(`${name} ready on ${await ready}`)),
  );
  await Promise.race([allReady, rejectedOnAbort(options.signal)]);
  resources.defer(() => {
    for (const module of all) module.withdraw();
  });

  if (options.watch) {
    const rebuild = async () => {
      supergraphPath = await writeSupergraph(plan.enabled, dataDir); // its errors are clearer, so it runs first
      await generate();
    };
    resources.defer(await restartOnChange(all, { rebuild, report }));
  }
  return { all, failed: failure.promise };
}

/** The process that hosts all modules. */
const platformOf = (modules: readonly PlannedModule[], { gateway }: Plan): PlannedModule => ({
  ...gateway,
  name: 'platform',
  main: join(projectRoot, 'packages/subgraph-kit/src/host.ts'),
  args: modules.map(({ main }) => main),
});

/** Errors of a change are reported, and the next change is processed. */
async function restartOnChange(
  modules: readonly SupervisedModule[],
  { rebuild, report }: { rebuild: () => Promise<void>; report: (line: string) => void },
): Promise<() => Promise<void>> {
  const { watchSources } = await import('./watch.ts');
  const subgraphs = modules.map(({ name }) => name).filter((name) => name !== 'gateway');
  return watchSources(subgraphs, async (change) => {
    const affected = modules.filter(
      ({ name }) => change.modules.has(name) || (change.regenerate && name === 'gateway'),
    );
    const names = affected.map(({ name }) => name).join(' and ');
    try {
      if (change.regenerate) await rebuild();
      await Promise.all(affected.map((module) => module.restart()));
      report(`${names} restarted`);
    } catch (error) {
      report(messageOf(error));
    }
  });
}
