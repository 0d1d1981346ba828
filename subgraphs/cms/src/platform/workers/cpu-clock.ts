import { existsSync, readFileSync } from 'node:fs';

/** USER_HZ, the unit of /proc, is the same on all common architectures. */
const MS_PER_TICK = 10;
const HAS_PROC = existsSync('/proc/self/stat');

/**
 * A clock that advances by the CPU time of a process and its children, in milliseconds. A process that waits for a
 * processor or a disk therefore has time left. Systems without /proc have no such clock for other processes: there it
 * is the time of the wall.
 */
export function openCpuClock(pid: number): () => number {
  if (!HAS_PROC) return () => performance.now();
  let latest = 0;
  return () => {
    const own = cpuTicksOf(pid);
    const running = childrenOf(pid).reduce((sum, child) => sum + cpuTicksOf(child), 0);
    // The time of a child that has just ended may be missing from both for a moment.
    latest = Math.max(latest, (own + running) * MS_PER_TICK);
    return latest;
  };
}

/** With the time of children that have ended. 0 if the process does not exist any more. */
function cpuTicksOf(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  // The name in brackets may contain any character.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
}

/** The children that its main thread has started. */
const childrenOf = (pid: number): number[] =>
  read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
