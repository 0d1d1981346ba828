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
  /** Loads the code that `start` needs; `start` does so otherwise. Absent: it is loaded. */
  readonly load?: () => Promise<void>;
  /** Absent: it never runs in several processes that share a port. */
  readonly workers?: WorkerSettings;
}

export interface WorkerSettings {
  /** How many processes share its port. @throws SettingsError */
  count(env: Environment): number;
  /** Called once, in the process that starts the workers. Its result answers `Workers.askPrimary`. @throws SettingsError */
  answerer(env: Environment): (question: unknown) => unknown;
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
  /** Absent: this is the only process of the module on its port. */
  readonly workers?: Workers;
}

/** This process and others of the same module share a port (`workers/`). Messages and questions must be JSON. */
export interface Workers {
  readonly count: number;
  /** Whether this one logs events that all of them notice. */
  readonly isFirst: boolean;
  /** The metrics of all of them in the text format of Prometheus. */
  metrics(): Promise<string>;
  /** Resolves when the others have received `message`, or after a moment when one of them is busy. */
  tellOthers(message: unknown): Promise<void>;
  /** Calls `listen` for each message of the others. Returns a function that ends this. */
  onMessage(listen: (message: unknown) => void): () => void;
  /** Asks the process that started the workers, where they share state. */
  askPrimary(question: unknown): Promise<unknown>;
}
