import { readFileSync, readdirSync } from 'node:fs';

interface ProcessState {
  pid: number;
  parent: number;
  cpuTicks: number;
}

/** From /proc, so only on Linux. Undefined if the process does not exist or is a zombie. */
export function processState(pid: number): ProcessState | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The name in brackets may contain any character.
  const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === 'Z') return undefined;
  return { pid, parent: Number(parent), cpuTicks: Number(rest[9]) + Number(rest[10]) };
}

export function childrenOf(pid: number): ProcessState[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => processState(Number(name)))
    .filter((state) => state?.parent === pid)
    .filter((state) => state !== undefined);
}
