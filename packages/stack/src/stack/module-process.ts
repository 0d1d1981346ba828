import { fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { nodeFlags } from './node-flags.ts';
import type { Environment, PlannedModule } from './plan.ts';

/** A gateway or subgraph in a separate process. It stops when this process ends, because its IPC channel closes. */
export interface ModuleProcess {
  readonly name: string;
  readonly pid: number;
  /** The URL that it reports when it is ready. Rejects if it ends before. */
  readonly ready: Promise<string>;
  /** Resolves when it has ended, with the exit code or signal. */
  readonly ended: Promise<string>;
  /** Its output so far; empty with output `inherit`. */
  lines(): string[];
  /** Tells it that `stop` follows: it reports that it is not ready, and serves requests until then. */
  withdraw(): void;
  /** Stops it and resolves when it has ended. After `stopWithinMs` it is killed. */
  stop(): Promise<void>;
  kill(): void;
}

export type Output = 'inherit' | 'collect';

const maxLines = 20_000;
const linesInError = 20;

interface Options {
  readonly env: Environment;
  readonly output: Output;
  readonly stopWithinMs: number;
}

export function startModule(
  { name, main, args = [] }: Pick<PlannedModule, 'name' | 'main' | 'args'>,
  { env, output, stopWithinMs }: Options,
): ModuleProcess {
  const stdio = output === 'inherit' ? 'inherit' : 'pipe';
  const child = fork(main, args, {
    env: { ...env },
    stdio: ['ignore', stdio, stdio, 'ipc'],
    execArgv: nodeFlags,
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) if (stream) collect(stream, lines);

  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const ready = new Promise<string>((resolve, reject) => {
    child.on('message', (message) => {
      const url = readyUrl(message);
      if (url !== null) resolve(url);
    });
    void ended.then((how) => {
      const said = lines.slice(-linesInError).map((line) => `\n  ${line}`);
      reject(new Error(`The ${name} did not start (${how}).${said.join('')}`));
    });
  });
  ready.catch(() => {}); // a rejection must not end the process if nothing awaits it
  const withdraw = () => {
    // It may end meanwhile.
    if (child.connected) child.send({ type: 'withdraw' }, () => {});
  };

  return {
    name,
    pid: child.pid ?? 0,
    ready,
    ended,
    lines: () => [...lines],
    kill: () => void child.kill('SIGKILL'),
    withdraw,
    async stop() {
      withdraw();
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

function collect(stream: Readable, lines: string[]): void {
  createInterface({ input: stream }).on('line', (line) => {
    lines.push(line);
    if (lines.length > maxLines) lines.splice(0, maxLines / 2);
  });
}

function readyUrl(message: unknown): string | null {
  if (typeof message !== 'object' || message === null) return null;
  if (!('type' in message && 'url' in message) || message.type !== 'ready') return null;
  return typeof message.url === 'string' ? message.url : null;
}
