import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { messageOf } from './error-code.ts';
import { createLogger } from './logger.ts';
import type { Module } from './module.ts';
import { createLocalNetwork } from './network/local-network.ts';
import { SettingsError } from './settings.ts';
import { withOwnInstruments } from './telemetry/instruments.ts';

/** A module that does not stop in time must not keep the others from stopping. */
const STOP_WITHIN_MS = 8_000;

export interface HostedModules {
  /** The URL of each module, by name. */
  readonly urls: ReadonlyMap<string, string>;
  /** Stops them one after the other, the last one first. Never rejects: failures are logged. */
  close(): Promise<void>;
}

interface Running {
  readonly name: string;
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts several modules in this process, all at the same time, and resolves when all are ready. They share the
 * settings in `env`. Requests between them stay in memory; each has separate logs, metrics and traces. When one does
 * not start, the others stop.
 * @throws SettingsError with all invalid settings, or Error with the reason, both with the names of the modules
 */
export async function hostModules(
  modules: readonly Module[],
  {
    env,
    onReady = () => {},
  }: {
    env: Readonly<Record<string, string | undefined>>;
    onReady?: (module: { name: string; url: string }) => void;
  },
): Promise<HostedModules> {
  const network = createLocalNetwork();
  const starts = await Promise.allSettled(
    modules.map(async ({ name, start }): Promise<Running> => {
      const logger = createLogger({ name, level: env['LOG_LEVEL'] || 'info' });
      try {
        const { url, close } = await withOwnInstruments(() => start({ env, network, logger }));
        logger.info({ url }, 'ready');
        onReady({ name, url });
        return { name, url, close: () => stopped(close, logger) };
      } catch (cause) {
        if (cause instanceof SettingsError) throw cause.of(name);
        throw new Error(`The ${name} did not start: ${messageOf(cause)}`, { cause });
      }
    }),
  );
  const running = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const close = async () => {
    for (const module of running.toReversed()) await module.close();
  };
  const failures = starts.flatMap((start): unknown[] =>
    start.status === 'rejected' ? [start.reason] : [],
  );
  if (failures.length > 0) {
    await close();
    throw failureOf(failures);
  }
  return { urls: new Map(running.map(({ name, url }) => [name, url])), close };
}

/** Invalid settings of all modules can be fixed at once. */
function failureOf(failures: readonly unknown[]): unknown {
  const invalid = failures.filter((failure) => failure instanceof SettingsError);
  if (invalid.length === 0) return failures[0];
  return new SettingsError(invalid.flatMap(({ problems }) => problems));
}

async function stopped(
  close: () => Promise<void>,
  logger: ReturnType<typeof createLogger>,
): Promise<void> {
  const late = sleep(STOP_WITHIN_MS, 'late', { ref: false });
  try {
    if ((await Promise.race([close(), late])) === 'late') logger.error('does not stop');
  } catch (error) {
    logger.error({ err: error }, 'could not stop cleanly');
  }
}

/** Loads the modules that the `main.ts` at `paths` export. */
export async function loadModules(paths: readonly string[]): Promise<Module[]> {
  return Promise.all(
    paths.map(async (path) => {
      const loaded: unknown = await import(pathToFileURL(path).href);
      if (exportsModule(loaded)) return loaded.module;
      throw new TypeError(`${path} exports no module.`);
    }),
  );
}

const exportsModule = (loaded: unknown): loaded is { module: Module } =>
  typeof loaded === 'object' && loaded !== null && 'module' in loaded && isModule(loaded.module);

const isModule = (value: unknown): value is Module =>
  typeof value === 'object' &&
  value !== null &&
  'name' in value &&
  'start' in value &&
  typeof value.start === 'function';
