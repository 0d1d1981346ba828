import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { hasCode } from '@federated-media/subgraph-kit/error-code';

/** A zombie holds nothing any more, yet it still answers `kill(pid, 0)` like a living process. */
export type ProcessState = 'running' | 'zombie' | 'gone';

interface Entry {
  state: string;
  startedAt: string;
}

export function processState(pid: number): ProcessState {
  const entry = lookUp(pid);
  if (!entry) return 'gone';
  return entry.state.startsWith('Z') || entry.state.startsWith('X') ? 'zombie' : 'running';
}

/** Opaque; tells a process from a later one that was given the same pid. `null` when it is gone. */
export function processStart(pid: number): string | null {
  return lookUp(pid)?.startedAt ?? null;
}

/** As process.kill, but a process that is gone already is no error. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

/** Whether `pid` works in `directory`: a PostgreSQL server's working directory is its data. */
export function worksIn(pid: number, directory: string): boolean {
  if (!hasProc()) return ps(pid, 'command=').includes(directory);
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === directory;
  } catch {
    return false; // gone, or another user's: not ours either way
  }
}

function lookUp(pid: number): Entry | null {
  if (!hasProc()) {
    const [state = '', ...startedAt] = ps(pid, 'stat=,lstart=').split(/\s+/);
    return state ? { state, startedAt: startedAt.join('_') } : null;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The command's name, in brackets, may hold anything: fields count from the last bracket (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', startedAt: fields[19] ?? '' };
  } catch {
    return null;
  }
}

function hasProc(): boolean {
  return existsSync('/proc/self/stat');
}

function ps(pid: number, columns: string): string {
  return spawnSync('ps', ['-o', columns, '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
}
