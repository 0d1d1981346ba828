import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { firstProducts } from '@federated-media/stack/demo/catalog';
import { openGraph } from '@federated-media/stack/demo/graph';
import { destroyEmbeddedPostgres } from '@federated-media/stack/embedded-postgres';
import { readIfExists } from '@federated-media/subgraph-kit/files';
import { processState, signalProcess } from '@federated-media/stack/process-table';
import { projectRoot } from '@federated-media/stack/project';
import { allSubgraphs } from '@federated-media/stack/subgraphs';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { afterAll, beforeAll, expect, test } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };

const READY_WITHIN_MS = 90_000;
const GONE_WITHIN_MS = 20_000;
/** Free ports, and no settings of the environment of the tests. */
const SETTINGS = {
  PORT: '0',
  CMS_PORT: '0',
  CATALOG_PORT: '0',
  ART_GALLERY_PORT: '0',
  BLOG_PORT: '0',
  SUBGRAPHS: '',
  PROCESSES: '',
  CMS_DATABASE_URL: '',
  CATALOG_DATABASE_URL: '',
  ART_GALLERY_DATABASE_URL: '',
  BLOG_DATABASE_URL: '',
  AUTH_JWKS_URL: '',
  AUTH_JWT_SECRET: '',
  NODE_ENV: '',
  // A shared machine may be slow, which is logged as a warning.
  SLOW_OPERATION_MS: '600000',
};
/** Of `pnpm start`, without pnpm. */
const COMMAND = packageJson.scripts.start.replace(/^node /, `${process.execPath} `);
const TERMINAL = '/usr/bin/script';
const noTerminal =
  process.platform === 'linux' && existsSync(TERMINAL)
    ? null
    : 'no `script` of util-linux here, which opens a terminal';

interface Started {
  readonly child: ChildProcess;
  printed(): string;
  /** The exit code, or the signal that ended it. */
  readonly exit: Promise<number | NodeJS.Signals | null>;
}
const started: Started[] = [];
/** The pids of all processes that belonged to a start. */
const pids = new Set<number>();
let dataDir: string;

beforeAll(async () => {
  dataDir = await temporaryFolder();
});
afterAll(async () => {
  for (const { child } of started) if (child.pid) killGroup(child.pid);
  for (const pid of pids) signalProcess(pid, 'SIGKILL');
  await destroyEmbeddedPostgres(dataDir);
});

/** `pnpm start` without pnpm, as the leader of a process group like in a terminal. */
function start(settings: Record<string, string> = {}): Started {
  return launch('/bin/sh', ['-c', `exec ${COMMAND}`], settings);
}

/** The same in a terminal, which closes when the returned process ends. */
function startInTerminal(settings: Record<string, string>): Started {
  return launch(TERMINAL, ['-qfec', `exec ${COMMAND}`, '/dev/null'], settings);
}

function launch(program: string, args: string[], settings: Record<string, string>): Started {
  const child = spawn(program, args, {
    cwd: projectRoot,
    env: { ...process.env, ...SETTINGS, DATA_DIR: dataDir, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
  }
  const begun = { child, printed: () => printed, exit: exitOf(child) };
  started.push(begun);
  return begun;
}

const exitOf = (child: ChildProcess) =>
  new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });

/** The banner, after it is printed. */
async function untilReady({ child, printed }: Started, folder = dataDir) {
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  await expect
    .poll(() => isOver() || printed().includes('Press Ctrl-C to stop.'), {
      timeout: READY_WITHIN_MS,
    })
    .toBe(true);
  expect(isOver(), printed()).toBe(false);
  const place = (name: string) =>
    new RegExp(`^  ${name} +(\\S+)\r?$`, 'm').exec(printed())?.[1] ?? '';
  const processes = await processesIn(folder);
  for (const pid of Object.values(processes).flat()) pids.add(pid);
  return { graphUrl: place('Graph'), imageUrl: place('Image'), processes };
}

/** The modules recorded by the stack unless they run in `start`, and the server in its pid file. */
async function processesIn(folder: string) {
  const remembered = (await readIfExists(join(folder, 'processes'))) ?? '';
  const postmaster = await readFile(join(folder, 'postgres/data/postmaster.pid'), 'utf8');
  return {
    start: Number.parseInt(await readFile(join(folder, 'stack.lock'), 'utf8')),
    modules: remembered.split('\n').filter(Boolean).map(Number.parseFloat),
    postgres: Number.parseInt(postmaster),
  };
}

const stillRunning = () => [...pids].filter((pid) => processState(pid) === 'running');

function killGroup(pid: number): void {
  signalProcess(-pid, 'SIGKILL');
}

test(
  'prints the URLs of the demo, recovers from kill -9, and stops on Ctrl-C',
  async () => {
    const first = start();
    const { graphUrl, imageUrl, processes } = await untilReady(first);
    expectQuiet(first.printed());
    for (const done of [
      'starting PostgreSQL',
      'creating the database, because this is the first start',
      'databases migrated: ',
      'graph composed of cms, catalog, art-gallery, blog',
      'starting cms, catalog, art-gallery, blog, gateway',
      'loading the demo store',
    ]) {
      expect(first.printed()).toContain(done);
    }
    expect(processes.modules).toHaveLength(0);
    const products = await firstProducts(openGraph({ gatewayUrl: graphUrl }));
    expect(products).toHaveLength(12);
    await expectImage(imageUrl);

    signalProcess(processes.start, 'SIGKILL');
    expect(await first.exit).toBe('SIGKILL');

    const second = start({ PROCESSES: 'many' });
    const again = await untilReady(second);
    expect(again.processes.modules).toHaveLength(allSubgraphs.length + 1);
    expect(new Set(stillRunning())).toEqual(new Set(Object.values(again.processes).flat()));
    expect(await firstProducts(openGraph({ gatewayUrl: again.graphUrl }))).toEqual(products);
    await expectImage(again.imageUrl);

    signalProcess(-again.processes.start, 'SIGINT');
    const timeout = GONE_WITHIN_MS;
    await expect.poll(stillRunning, { timeout }).toEqual([]);
    expect(await second.exit, second.printed()).toBe(0);
    // On a slow machine, modules that start together may have waited for one another for long.
    expectQuiet(
      second.printed().split('  stopping\n')[1] ?? 'ERROR: it did not print that it stops',
    );
  },
  2 * READY_WITHIN_MS + 2 * GONE_WITHIN_MS,
);

test(
  'a start with some of the subgraphs is quiet, and a closed terminal ends everything',
  async ({ skip }) => {
    if (noTerminal) skip(noTerminal);
    const folder = await temporaryFolder();
    try {
      const settings = { SUBGRAPHS: 'cms,catalog', DATA_DIR: folder };
      const started = startInTerminal(settings);
      await untilReady(started, folder);
      expectQuiet(started.printed());
      started.child.kill('SIGKILL');
      await expect.poll(stillRunning, { timeout: GONE_WITHIN_MS }).toEqual([]);
    } finally {
      await destroyEmbeddedPostgres(folder);
    }
  },
  READY_WITHIN_MS + 2 * GONE_WITHIN_MS,
);

/** No warning and no stack trace, in JSON or as a terminal shows it. */
function expectQuiet(printed: string): void {
  const bad = /"level":[456]0|WARN|ERROR|FATAL|^ +at |Warning:/;
  expect(printed.split('\n').filter((line) => bad.test(line))).toEqual([]);
}

async function expectImage(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^image\//);
  expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(1_000);
}
