import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { hasCode } from '@federated-media/subgraph-kit/error-code';

/** A zombie holds no resources, but `kill(pid, 0)` succeeds for it. */
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

/** Opaque; distinguishes a process from a later one with the same pid. Null when it has ended. */
export function processStart(pid: number): string | null {
  return lookUp(pid)?.startedAt ?? null;
}

/** Whether the process that had this pid and start is still running, and not a later one with the same pid. */
export function isStillRunning(pid: number, startedAt: string | undefined): boolean {
  return processState(pid) === 'running' && processStart(pid) === startedAt;
}

/** Like process.kill, without an error for a process that has ended. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

/** Whether the working directory of `pid` is `directory`; that of a PostgreSQL server is its data folder, also after it was removed. */
export function worksIn(pid: number, directory: string): boolean {
  if (!hasProc()) return ps(pid, 'command=').includes(directory);
  try {
    const current = readlinkSync(`/proc/${pid}/cwd`);
    return current === directory || current === `${directory} (deleted)`;
  } catch {
    return false; // ended, or a process of another user
  }
}

function lookUp(pid: number): Entry | null {
  if (!hasProc()) {
    const [state = '', ...startedAt] = ps(pid, 'stat=,lstart=').split(/\s+/);
    return state ? { state, startedAt: startedAt.join('_') } : null;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The command name is in parentheses and may contain anything: fields are counted from the last one (proc(5)).
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
