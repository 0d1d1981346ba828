import { readFileSync, readdirSync } from 'node:fs';
import { signalProcess } from '@federated-media/stack/process-table';

const MODULE = 'verification/worker.ts';

/** The processes that verify files for the CMS with this pid. From /proc, so only on Linux. */
const verificationWorkersOf = (cms: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === cms && read(`/proc/${pid}/cmdline`).includes(MODULE));

/** The name in brackets may contain any character. */
const parentOf = (pid: number) =>
  Number(read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ')[1]);

/** Stops them, so that each verification takes until the returned function is called. */
export function freezeVerification(cms: number): () => void {
  const workers = verificationWorkersOf(cms);
  if (workers.length === 0) throw new Error('No process verifies files.');
  const signal = (name: NodeJS.Signals) => {
    for (const pid of workers) signalProcess(pid, name);
  };
  signal('SIGSTOP');
  return () => signal('SIGCONT');
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // It has ended.
  }
}
