import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { type Socket, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { hasCode, messageOf } from '../error-code.ts';

const program = fileURLToPath(new URL('../testing/sharing-processes.ts', import.meta.url));
const children: ChildProcess[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const socket of sockets.splice(0)) socket.destroy();
});

interface Who {
  pid: number;
  isFirst: boolean;
  heard: unknown[];
}

function launch(settings: Record<string, string> = {}) {
  const child = fork(program, [], {
    env: { PATH: process.env['PATH'], ...settings },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  children.push(child);
  let printed = '';
  for (const output of [child.stdout!, child.stderr!]) {
    output.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));
  }
  const ended = once(child, 'close') as Promise<[number | null, string | null]>;
  const logged = (message: string) =>
    printed
      .split('\n')
      .filter((line) => line.includes(message))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { child, ended, logged };
}

/** Three processes that share a port. */
async function open(settings: Record<string, string> = {}) {
  const launched = launch(settings);
  const [message] = (await once(launched.child, 'message')) as [{ url: string }];
  const { url } = message;
  const who = async () => JSON.parse((await get(`${url}/who`)).body) as Who;
  return {
    ...launched,
    url,
    /** One of each process, in the order of their numbers or not. */
    async all(): Promise<Who[]> {
      const found = new Map<number, Who>();
      for (let count = 0; count < 6; count += 1) {
        const it = await who();
        found.set(it.pid, it);
      }
      return [...found.values()];
    },
  };
}

/** Each request uses another connection. */
function get(url: string) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const sent = request(url, { agent: false }, (response) => {
      const { statusCode: status = 0 } = response;
      text(response).then((body) => resolve({ status, body }), reject);
    });
    sent.once('error', reject).end();
  });
}

let shared: Awaited<ReturnType<typeof open>>;
beforeAll(async () => {
  shared = await open();
  children.pop();
});
afterAll(() => shared.child.kill('SIGKILL'));

test('connections reach all processes in turn, and only one is the first', async () => {
  const { all } = shared;
  const found = await all();
  expect(found).toHaveLength(3);
  expect(found.filter(({ isFirst }) => isFirst)).toHaveLength(1);
});

test('a message reaches the others before the sender goes on', async () => {
  const { url, all } = shared;
  const { pid } = JSON.parse((await get(`${url}/tell`)).body) as { pid: number };
  for (const it of await all())
    expect(it.heard, `${it.pid} of ${pid}`).toEqual(it.pid === pid ? [] : [{ from: pid }]);
});

test('they share the state of the process that started them', async () => {
  const { url } = shared;
  const counts = [];
  for (let count = 0; count < 6; count += 1) {
    counts.push((JSON.parse((await get(`${url}/count`)).body) as { count: number }).count);
  }
  expect(counts).toEqual([1, 2, 3, 4, 5, 6]);
});

test('the metrics of one are those of all, by worker', async () => {
  const { url } = shared;
  for (let count = 0; count < 6; count += 1) await get(`${url}/health/live`);
  const { body } = await get(`${url}/metrics`);
  const requests = [
    ...body.matchAll(/^http_request_duration_seconds_count\{.*route="\/health\/live".*/gm),
  ];
  expect(requests.map(([line]) => line).toSorted()).toEqual(
    [1, 2, 3].map(
      (worker) =>
        `http_request_duration_seconds_count{method="GET",route="/health/live",status="200",worker="${worker}"} 2`,
    ),
  );
  for (const worker of ['primary', '1', '2', '3']) {
    expect(body).toContain(`process_resident_memory_bytes{worker="${worker}"}`);
    expect(body).toContain(`process_start_time_seconds{worker="${worker}"}`);
  }
  expect(body.match(/^# TYPE http_request_duration_seconds /gm)).toHaveLength(1);
});

test('a process that is killed is replaced, and the others serve meanwhile', async () => {
  const { all, logged } = await open();
  const [victim, ...others] = await all();
  process.kill(victim!.pid, 'SIGKILL');
  await expect.poll(() => logged('worker ended')).toHaveLength(1);
  expect(logged('worker ended')).toMatchObject([
    { level: 50, reason: 'SIGKILL', restartInMs: 100 },
  ]);
  const pids = async () => (await all()).map(({ pid }) => pid);
  for (const { pid } of others) expect(await pids()).toContain(pid);
  await expect.poll(pids).toHaveLength(3);
  expect(await pids()).not.toContain(victim!.pid);
  expect(logged('worker replaced')).toHaveLength(1);
});

test('a process that is killed again and again is replaced later each time', async () => {
  const { all, logged } = await open();
  for (const [index, restartInMs] of [100, 200, 400].entries()) {
    const first = (await all()).find(({ isFirst }) => isFirst);
    process.kill(first!.pid, 'SIGKILL');
    await expect.poll(() => logged('worker replaced')).toHaveLength(index + 1);
    expect(logged('worker ended').at(-1)).toMatchObject({ worker: 1, restartInMs });
  }
});

test('a process that does not respond is replaced, and no client waits for it without an end', async () => {
  const { url, all, logged } = await open({ HUNG_AFTER_MS: '3000' });
  const failed = get(`${url}/hang`).then(
    () => 'responded',
    (error: unknown) => messageOf(error),
  );
  await expect.poll(() => logged('hangs')).toHaveLength(1);
  // It receives one more, which it does not accept.
  const waiting = Array.from({ length: 6 }, () => get(`${url}/who`).catch(() => ({ status: 0 })));
  expect(await failed).toBe('socket hang up');
  const statuses = (await Promise.all(waiting)).map(({ status }) => status);
  expect(statuses.filter((status) => status !== 200).length).toBeLessThanOrEqual(1);
  expect(logged('worker does not respond')).toHaveLength(1);
  await expect.poll(async () => (await all()).length).toBe(3);
});

test('a connection that a killed process has not accepted is closed', async () => {
  const { url, all } = await open();
  const [victim] = await all();
  process.kill(victim!.pid, 'SIGSTOP');
  const { hostname, port } = new URL(url);
  const closed = Array.from({ length: 6 }, async () => {
    const socket = connect(Number(port), hostname);
    sockets.push(socket);
    const closing = new Promise((resolve) => socket.once('close', resolve));
    // As a reset.
    socket.on('error', () => {});
    socket.resume().write('GET /who HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    await closing;
  });
  // The others respond to their connections.
  await Promise.any(closed);
  process.kill(victim!.pid, 'SIGKILL');
  await Promise.all(closed);
});

test('on SIGTERM all are withdrawn, serve for the delay, finish their requests and end', async () => {
  const { child, url, ended, logged } = await open({ SHUTDOWN_DELAY_MS: '1500' });
  const slow = Array.from({ length: 6 }, () => get(`${url}/slow`));
  await expect
    .poll(async () => (await get(`${url}/metrics`)).body)
    .toMatch(/route="\/slow"|in_flight\{worker="3"\} [12]/);
  child.kill('SIGTERM');
  await expect.poll(async () => (await get(`${url}/health/serving`)).status).toBe(503);
  for (let count = 0; count < 6; count += 1) {
    expect((await get(`${url}/health/serving`)).status).toBe(503);
    expect((await get(`${url}/who`)).status).toBe(200);
  }
  const late = get(`${url}/slow`);
  for (const response of await Promise.all([...slow, late])) expect(response.status).toBe(200);
  expect(await ended).toEqual([0, null]);
  await expect(get(url)).rejects.toSatisfy((error) => hasCode(error, 'ECONNREFUSED'));
  expect(logged('stopping')).toHaveLength(1);
  expect(logged('worker ended')).toEqual([]);
});

test('a signal to all of them, as from a terminal, stops them like one to the first process', async () => {
  const { child, url, ended, all } = await open();
  const found = await all();
  const slow = get(`${url}/slow`);
  await expect.poll(async () => (await get(`${url}/metrics`)).body).toContain('in_flight');
  for (const { pid } of found) process.kill(pid, 'SIGTERM');
  child.kill('SIGTERM');
  expect((await slow).status).toBe(200);
  expect(await ended).toEqual([0, null]);
});

test('they end with the process that started them', async () => {
  const { child, all } = await open();
  const found = await all();
  child.kill('SIGKILL');
  const isRunning = ({ pid }: Who) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  await expect.poll(() => found.filter(isRunning)).toEqual([]);
});

test('a problem at the start is reported once, and nothing keeps running', async () => {
  const { ended, logged } = launch({ FAIL: '1' });
  expect(await ended).toEqual([1, null]);
  expect(logged('could not start')).toHaveLength(1);
  expect(logged('worker ended')).toEqual([]);
});

test('a process that is killed at the start is reported', async () => {
  const { ended, logged } = launch({ FAIL: 'killed' });
  expect(await ended).toEqual([1, null]);
  expect(logged('could not start')).toMatchObject([
    { err: { message: 'Worker 1 did not start (SIGKILL).' } },
  ]);
});
