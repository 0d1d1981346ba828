import { readFileSync, readdirSync } from 'node:fs';

/** Ticks per second in /proc/<pid>/stat: 100 on every Linux that Node supports. */
const TICKS_PER_SECOND = 100;

interface ProcessStat {
  pid: number;
  parentPid: number;
  cpuSeconds: number;
  /** Of its children that have ended, such as parallel workers of PostgreSQL. */
  endedSeconds: number;
}

/** `roots` and all their child processes. Linux only: it reads /proc. */
function processTree(roots: readonly number[]): ProcessStat[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStat(Number(name)));
  const found = all.filter(({ pid }) => roots.includes(pid));
  for (const parent of found) {
    found.push(
      ...all.filter(({ parentPid, pid }) => parentPid === parent.pid && !roots.includes(pid)),
    );
  }
  return found;
}

/** proc(5): the command name is in parentheses and may contain anything, so that fields are counted after it. */
function readStat(pid: number): ProcessStat[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const parentPid = Number(fields[1]);
    // User and system time, then those of its child processes that ended.
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields
      .slice(11, 15)
      .map((ticks) => Number(ticks) / TICKS_PER_SECOND);
    const endedSeconds = endedUser + endedSystem;
    return [{ pid, parentPid, cpuSeconds: user + system, endedSeconds }];
  } catch {
    return []; // It ended after it was listed.
  }
}

/** CPU seconds by name of the root; those of what it started are under "<name> workers". Neither ever decreases. */
export function cpuSecondsByProcess(roots: ReadonlyMap<string, number>): Map<string, number> {
  const found = new Map<string, number>();
  for (const [name, root] of roots) {
    const add = (key: string, seconds: number) => found.set(key, (found.get(key) ?? 0) + seconds);
    for (const { pid, cpuSeconds, endedSeconds } of processTree([root])) {
      add(pid === root ? name : `${name} workers`, cpuSeconds);
      add(`${name} workers`, endedSeconds);
    }
  }
  return found;
}

export interface ProcessMemory {
  /** Including pages that it shares with others. */
  readonly residentBytes: number;
  /** Shared pages counted by the share: sums of several processes are exact. */
  readonly proportionalBytes: number;
}

/** Of a process and of everything it started, `root` first. */
export const memoryOf = (root: number): ProcessMemory[] =>
  processTree([root]).map(({ pid }) => {
    const rollup = readOf(`/proc/${pid}/smaps_rollup`);
    return {
      residentBytes: kilobytes(rollup, 'Rss') * 1024,
      proportionalBytes: kilobytes(rollup, 'Pss') * 1024,
    };
  });

export interface ProcessUse {
  /** Of a root, or "<name> workers" for the sum of what it started. */
  readonly name: string;
  readonly residentBytes: number;
  /** Open files, sockets and the like. */
  readonly descriptors: number;
}

/** The memory and the open descriptors of processes and their child processes. */
export function useByProcess(roots: ReadonlyMap<string, number>): ProcessUse[] {
  return [...roots].flatMap(([name, root]) => {
    const uses = processTree([root]).map(({ pid }) => ({
      pid,
      residentBytes: residentBytes(pid),
      descriptors: descriptorsOf(pid),
    }));
    const sumOf = (label: string, some: typeof uses) => ({
      name: label,
      residentBytes: some.reduce((sum, use) => sum + use.residentBytes, 0),
      descriptors: some.reduce((sum, use) => sum + use.descriptors, 0),
    });
    const isRoot = ({ pid }: { pid: number }) => pid === root;
    return [
      sumOf(name, uses.filter(isRoot)),
      sumOf(
        `${name} workers`,
        uses.filter((use) => !isRoot(use)),
      ),
    ];
  });
}

/** 0 once it ended. */
function descriptorsOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}

/** Resident memory, in bytes; 0 once it ended. */
const residentBytes = (pid: number): number =>
  kilobytes(readOf(`/proc/${pid}/status`), 'VmRSS') * 1024;

/** Empty once the process ended. */
function readOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const kilobytes = (text: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);

/** Watches the growth of each process in the trees since the start. */
export function watchMemory(roots: ReadonlyMap<string, number>) {
  const idle = new Map<number, number>();
  const peak = new Map<number, number>();
  const names = new Map<number, string>();
  const look = () => {
    for (const [name, root] of roots) {
      for (const { pid } of processTree([root])) {
        const bytes = residentBytes(pid);
        if (!idle.has(pid)) idle.set(pid, bytes);
        names.set(pid, pid === root ? name : `${name} worker`);
        peak.set(pid, Math.max(peak.get(pid) ?? 0, bytes));
      }
    }
  };
  look();
  const timer = setInterval(look, 100);
  return {
    /** Growth in bytes by process, the largest first. */
    stop() {
      clearInterval(timer);
      look();
      return [...peak]
        .map(([pid, bytes]) => ({
          name: names.get(pid) ?? String(pid),
          idleBytes: idle.get(pid) ?? 0,
          grownBytes: bytes - (idle.get(pid) ?? 0),
        }))
        .toSorted((a, b) => b.grownBytes - a.grownBytes);
    },
  };
}
