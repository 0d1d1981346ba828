import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { messageOf } from './error-code.ts';
import { createLogger } from './logger.ts';
import type { Environment, Module } from './module.ts';
import { createLocalNetwork } from './network/local-network.ts';
import { SettingsError } from './settings.ts';
import { DEFAULT_GRACE_MS, type Serving } from './shutdown.ts';
import { withOwnInstruments } from './telemetry/instruments.ts';

/** All modules together, after the last request. One that does not stop must not keep the process from stopping. */
const STOP_WITHIN_MS = 8_000;

/**
 * `close` stops them one after the other, the last one first; they share `graceMs`. It never rejects: failures are
 * logged.
 */
export interface HostedModules extends Serving {
  /** The URL of each module, by name. */
  readonly urls: ReadonlyMap<string, string>;
}

interface Running {
  readonly name: string;
  readonly url: string;
  withdraw(): void;
  close(graceMs: number, late: Promise<'late'>): Promise<void>;
}

/**
 * Starts several modules in this process, and resolves when all are ready. They share the settings in `env`. Requests
 * between them stay in memory; each has separate logs, metrics and traces. When one does not start, the others stop.
 *
 * They start one after the other: at the same time, the one that needs most of the CPU would delay the others until
 * their connections to the database time out.
 * @throws SettingsError or Error with the name of the module and the reason
 */
export async function hostModules(
  modules: readonly Module[],
  {
    env,
    onReady = () => {},
  }: {
    env: Environment;
    onReady?: (module: { name: string; url: string }) => void;
  },
): Promise<HostedModules> {
  const network = createLocalNetwork();
  const running: Running[] = [];
  const close = async (graceMs = DEFAULT_GRACE_MS) => {
    const endsAt = performance.now() + graceMs;
    const late = sleep(graceMs + STOP_WITHIN_MS, 'late' as const, { ref: false });
    for (const module of running.toReversed()) {
      await module.close(Math.max(0, endsAt - performance.now()), late);
    }
  };
  checkSettings(modules, env);
  try {
    for (const { name, start } of modules) {
      const logger = createLogger({ name, level: env['LOG_LEVEL'] || 'info' });
      const started = await withOwnInstruments(() => start({ env, network, logger })).catch(
        (cause: unknown) => {
          throw startError(name, cause);
        },
      );
      running.push({
        name,
        url: started.url,
        withdraw: started.withdraw,
        close: (graceMs, late) => stopped(() => started.close(graceMs), { late, logger }),
      });
      logger.info({ url: started.url }, 'ready');
      onReady({ name, url: started.url });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    urls: new Map(running.map(({ name, url }) => [name, url])),
    withdraw() {
      for (const module of running) module.withdraw();
    },
    close,
  };
}

/**
 * Checks the settings of all modules before one of them starts.
 * @throws SettingsError with all invalid settings, each with the modules that read it
 */
export function checkSettings(modules: readonly Module[], env: Environment): void {
  const readers = new Map<string, string[]>();
  for (const module of modules) {
    for (const problem of settingsProblems(module, env)) {
      readers.set(problem, [...(readers.get(problem) ?? []), module.name]);
    }
  }
  if (readers.size === 0) return;
  throw new SettingsError(
    [...readers].map(([problem, names]) => `${problem} (${names.join(', ')})`),
  );
}

function settingsProblems(module: Module, env: Environment): readonly string[] {
  try {
    module.checkSettings(env);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

function startError(name: string, cause: unknown): Error {
  if (cause instanceof SettingsError) return cause.of(name);
  return new Error(`The ${name} did not start: ${messageOf(cause)}`, { cause });
}

async function stopped(
  close: () => Promise<void>,
  { late, logger }: { late: Promise<'late'>; logger: ReturnType<typeof createLogger> },
): Promise<void> {
  try {
    if ((await Promise.race([close(), late])) === 'late') logger.error('does not stop');
  } catch (error) {
    logger.error({ err: error }, 'could not stop cleanly');
  }
}

/** The module that the `main.ts` at `path` exports. */
export async function importModule(path: string): Promise<Module> {
  const loaded: unknown = await import(pathToFileURL(path).href);
  if (!exportsModule(loaded)) throw new TypeError(`${path} exports no module.`);
  return loaded.module;
}

/**
 * Loads the modules that the `main.ts` at `paths` export with all of their code, one after the other: when a CommonJS
 * package of one requires an ES module that is just being loaded for another, Node fails with
 * ERR_REQUIRE_ESM_RACE_CONDITION.
 */
export async function loadModules(paths: readonly string[]): Promise<Module[]> {
  const modules: Module[] = [];
  for (const path of paths) {
    const module = await importModule(path);
    await module.load?.();
    modules.push(module);
  }
  return modules;
}

const exportsModule = (loaded: unknown): loaded is { module: Module } =>
  typeof loaded === 'object' && loaded !== null && 'module' in loaded && isModule(loaded.module);

const isModule = (value: unknown): value is Module =>
  typeof value === 'object' &&
  value !== null &&
  'name' in value &&
  'start' in value &&
  typeof value.start === 'function';
