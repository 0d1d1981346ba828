import { writeSupergraph } from './supergraph.ts';
import { environmentOf } from './environment.ts';
import { generate } from './generate.ts';
import type { Output } from './module-process.ts';
import type { Environment, Plan } from './plan.ts';
import { superviseModule, type SupervisedModule } from './supervised-module.ts';
import { watchSources } from './watch.ts';
import { messageOf } from '@federated-media/subgraph-kit/error-code';

export interface Modules {
  readonly all: readonly SupervisedModule[];
  /** Resolves with which and why when one ends that nobody asked to. */
  readonly failed: Promise<Error>;
}

interface Options {
  readonly plan: Plan;
  readonly env: Environment;
  readonly dataDir: string;
  readonly databaseUrls: ReadonlyMap<string, string>;
  readonly supergraphPath: string;
  readonly output: Output;
  readonly watch?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly report: (line: string) => void;
}

/** Starts a process for each module, all at once; they are stopped as `resources` are disposed. */
export async function runModules(
  options: Options,
  resources: AsyncDisposableStack,
): Promise<Modules> {
  const { plan, dataDir, output, report } = options;
  const failure = Promise.withResolvers<Error>();
  let { supergraphPath } = options;

  const onEnd = (name: string, how: string) => {
    const message = `The ${name} ended unexpectedly (${how}).`;
    if (options.watch) report(`${message} It starts again when its code changes.`);
    else failure.resolve(new Error(message));
  };
  const all = [...plan.subgraphs, plan.gateway].map((module) => {
    const env = () => environmentOf(module, { ...options, supergraphPath });
    const supervised = superviseModule(module, { dataDir, output, env, onEnd });
    resources.defer(() => supervised.stop());
    return supervised;
  });
  const allReady = Promise.all(
    all.map(async ({ name, ready }) => report(`${name} ready on ${await ready}`)),
  );
  await Promise.race([allReady, rejectedOnAbort(options.signal)]);

  if (options.watch) {
    const rebuild = async () => {
      supergraphPath = await writeSupergraph(plan.enabled, dataDir); // has the better words for errors
      await generate();
    };
    resources.defer(await restartOnChange(all, { rebuild, report }));
  }
  return { all, failed: failure.promise };
}

function rejectedOnAbort(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = () => reject(new Error(messageOf(signal?.reason)));
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
  });
}

/** A change that does not generate, compose or start is reported, and the next one tried. */
function restartOnChange(
  modules: readonly SupervisedModule[],
  { rebuild, report }: { rebuild: () => Promise<void>; report: (line: string) => void },
): Promise<() => Promise<void>> {
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
