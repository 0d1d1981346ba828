import { hostModules, loadModules } from '@federated-media/subgraph-kit/host-modules';
import type { Module } from '@federated-media/subgraph-kit/module';
import { shutDown, shutdownTimes } from '@federated-media/subgraph-kit/shutdown';
import { environmentOf } from './environment.ts';
import { type Modules, rejectedOnAbort } from './modules.ts';
import type { Environment, Plan } from './plan.ts';

interface Options {
  readonly plan: Plan;
  readonly env: Environment;
  readonly dataDir: string;
  readonly databaseUrls: ReadonlyMap<string, string>;
  readonly supergraphPath: string;
  readonly signal?: AbortSignal | undefined;
  readonly report: (line: string) => void;
}

/** Loads the code of the modules that run in this process; null when each runs in its own. */
export async function loadHere({ processes, subgraphs, gateway }: Plan): Promise<Module[] | null> {
  if (processes === 'many') return null;
  return loadModules([...subgraphs, gateway].map(({ main }) => main));
}

/** Starts the modules in this process. Disposing `resources` stops them. */
export async function hostHere(
  loaded: readonly Module[],
  options: Options,
  resources: AsyncDisposableStack,
): Promise<Modules> {
  const { plan, report, signal } = options;
  const { delayMs, graceMs } = shutdownTimes(options.env);
  let isReady = false;
  const starting = hostModules(loaded, {
    env: environmentOf([...plan.subgraphs, plan.gateway], options),
    onReady: ({ name, url }) => report(`${name} ready on ${url}`),
  });
  resources.defer(async () => {
    const hosted = await starting.catch(() => undefined);
    if (hosted) await shutDown(hosted, { delayMs: isReady ? delayMs : 0, graceMs });
  });
  await Promise.race([starting, rejectedOnAbort(signal)]);
  isReady = true;
  return { all: [thisProcess(plan)], failed: new Promise(() => {}) };
}

/** What ends this process ends all modules: there is nothing to supervise. */
const thisProcess = ({ gateway }: Plan) => ({
  name: 'platform',
  pid: process.pid,
  ready: Promise.resolve(gateway.url),
  lines: () => [],
  restart: () => Promise.reject(new Error('This process hosts all modules and cannot restart.')),
  withdraw: () => {},
  stop: async () => {},
  kill: () => {},
});
