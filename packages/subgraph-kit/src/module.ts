import type { Logger } from './logger.ts';
import type { Network } from './network/network.ts';
import type { Serving } from './shutdown.ts';

/**
 * The gateway or a subgraph, as its `main.ts` exports it. A process hosts one module (`runProcess`) or several
 * (`hostModules`); the module does not notice the difference.
 */
export interface Module {
  /** The name in logs, metrics and traces, and of the subgraph in the supergraph. */
  readonly name: string;
  /** Changes nothing. @throws SettingsError with all invalid settings */
  checkSettings(env: Environment): void;
  /** Resolves when it serves requests. @throws SettingsError with all invalid settings */
  start(surroundings: Surroundings): Promise<RunningModule>;
}

export interface RunningModule extends Serving {
  readonly url: string;
}

/** Settings by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a module receives from the process that hosts it. */
export interface Surroundings {
  readonly env: Environment;
  /** Reaches the other modules. A server that it starts announces itself here. */
  readonly network: Network;
  readonly logger: Logger;
}
