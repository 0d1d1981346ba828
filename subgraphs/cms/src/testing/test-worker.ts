/** A worker that obeys commands, to test the pool. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';

type Command =
  | 'pid'
  | 'environment'
  | 'crash'
  | 'spin'
  | 'fail'
  | 'babble'
  | 'devour'
  | 'keep'
  | 'hurry'
  | 'wait'
  | 'wait for file'
  | 'delegate'
  | 'load'
  | 'load again and again';

const kept: Buffer[] = [];

interface Job {
  readonly command: Command;
  readonly path?: string;
}

const commands: Record<Command, (job: Job) => unknown> = {
  pid: () => process.pid,
  environment: () => process.env,
  crash: () => process.kill(process.pid, 'SIGSEGV'),
  spin() {
    for (;;);
  },
  async hurry() {
    process.send?.({ withinMs: 100 });
    await use(60_000);
  },
  wait: () => sleep(800, 'waited'),
  async 'wait for file'({ path = '' }) {
    while (!existsSync(path)) await sleep(10);
    return process.pid;
  },
  // Ends by itself, because it is not killed with its parent.
  delegate: () => spawnSync(process.execPath, ['-e', 'while (performance.now() < 10_000);']),
  async load() {
    await use(700);
    process.send?.({ loaded: true });
    await use(700);
    return 'loaded';
  },
  async 'load again and again'() {
    for (;;) {
      await use(300);
      process.send?.({ loaded: true });
    }
  },
  fail() {
    throw new Error('as requested');
  },
  babble: () => process.send?.('anything'),
  keep() {
    kept.push(Buffer.alloc(2 ** 28, 1));
    return process.pid;
  },
  devour: () => Array.from({ length: 8 }, () => Buffer.alloc(2 ** 28)).length,
};

/** Uses a processor for so long, whatever else the machine does. */
async function use(cpuMs: number) {
  const before = process.cpuUsage();
  const used = () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  while (used() < cpuMs) await setImmediate();
}

async function obey(job: Job) {
  try {
    const result = await commands[job.command](job);
    process.send?.({ result, residentBytes: process.memoryUsage.rss() });
  } catch (error) {
    process.send?.({ error: String(error) });
  }
}

process.on('message', (job: Job) => void obey(job));
process.on('disconnect', () => process.exit());
// As in serve-jobs.ts.
process.on('SIGINT', () => {});
process.send?.({ ready: true });
