import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { hasCode } from './error-code.ts';
import { SettingsError } from './settings.ts';
import { shutdownTimes } from './shutdown.ts';

const program = fileURLToPath(new URL('testing/stoppable-process.ts', import.meta.url));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A process with a parent that only reads when it is ready. */
async function start(settings: Record<string, string>) {
  const child = fork(program, [], {
    env: { PATH: process.env['PATH'], ...settings },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  children.push(child);
  let printed = '';
  child.stdout!.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));
  const [message] = (await once(child, 'message')) as [{ url: string }];
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  return {
    child,
    url: message.url,
    ended,
    printed: () => printed,
    /** Waits until it has received `count` requests. */
    untilRequested: (count: number) =>
      expect.poll(() => printed.split('request').length - 1).toBe(count),
  };
}

/** `agent` keeps the connection. */
function get(url: string, agent: Agent | false = false) {
  return new Promise<{ status: number; connection: string | undefined; body: string }>(
    (resolve, reject) => {
      const sent = request(url, { agent }, (response) => {
        const { statusCode: status = 0, headers } = response;
        text(response).then(
          (body) => resolve({ status, connection: headers.connection, body }),
          reject,
        );
      });
      sent.once('error', reject).end();
    },
  );
}

const refused = (url: string) =>
  get(url).then(
    () => false,
    (error: unknown) => hasCode(error, 'ECONNREFUSED'),
  );

test('after SIGTERM it is not ready, serves requests until the delay is over, and then ends', async () => {
  const { child, url, printed, ended } = await start({ SHUTDOWN_DELAY_MS: '3000' });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  expect(await get(`${url}/health/ready`, agent)).toMatchObject({
    status: 200,
    connection: 'keep-alive',
  });
  child.kill('SIGTERM');
  await expect.poll(async () => (await get(`${url}/health/ready`)).status).toBe(503);
  expect(await get(`${url}/slow?ms=0`, agent)).toEqual({
    status: 200,
    connection: 'close',
    body: 'done',
  });
  expect((await get(`${url}/health/live`)).status).toBe(200);
  expect(await get(`${url}/health/serving`)).toMatchObject({
    status: 503,
    body: '{"status":"stopping"}',
  });
  await expect.poll(() => refused(url)).toBe(true);
  expect(await ended).toEqual([0, null]);
  expect(printed()).toBe('ready\nrequest\nstopped\n');
  agent.destroy();
});

test('requests and uploads in progress end, although new connections are refused', async () => {
  const { child, url, ended, untilRequested } = await start({});
  const slow = get(`${url}/slow?ms=1500`);
  const upload = request(`${url}/bytes`, {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream' },
    agent: false,
  });
  const answered = once(upload, 'response');
  upload.write('12345');
  await untilRequested(2);
  child.kill('SIGTERM');
  await expect.poll(() => refused(url)).toBe(true);
  upload.end('67890');
  const [response] = await answered;
  expect(await text(response)).toBe('{"bytes":10}');
  expect(await slow).toMatchObject({ status: 200, body: 'done' });
  expect(await ended).toEqual([0, null]);
});

test('a request that takes longer than the grace period is disconnected, and the rest stops', async () => {
  const { child, url, printed, ended, untilRequested } = await start({ SHUTDOWN_GRACE_MS: '300' });
  const slow = get(`${url}/slow?ms=3600000`);
  slow.catch(() => {}); // awaited below
  await untilRequested(1);
  child.kill('SIGTERM');
  await expect(slow).rejects.toThrow('socket hang up');
  expect(await ended).toEqual([0, null]);
  expect(printed()).toBe('ready\nrequest\nstopped\n');
});

test('a connection without a request does not delay the end', async () => {
  const { child, url, ended } = await start({ SHUTDOWN_GRACE_MS: '3600000' });
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  await get(`${url}/health/live`); // until the process has accepted it
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  socket.destroy();
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  'a second signal, %s, ends it at once',
  async (second) => {
    // Without a parent, like under a service manager.
    const child = spawn(process.execPath, [program], {
      env: { PATH: process.env['PATH'], SHUTDOWN_DELAY_MS: '300000' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    await sleep(100);
    child.kill(second); // repeated by a package manager
    await sleep(500);
    expect(child.exitCode).toBeNull();
    child.kill(second);
    expect(await ended).toEqual([1, null]);
  },
);

test('a parent withdraws its processes before it stops them one after the other', async () => {
  const { child, url, ended } = await start({ SHUTDOWN_DELAY_MS: '300000' });
  child.send({ type: 'withdraw' });
  await expect.poll(async () => (await get(`${url}/health/ready`)).status).toBe(503);
  expect((await get(`${url}/slow?ms=0`)).status).toBe(200);
  child.kill('SIGKILL');
  await ended;
});

test('when its parent has ended, it stops without the delay', async () => {
  const { child, ended } = await start({ SHUTDOWN_DELAY_MS: '300000' });
  child.disconnect();
  expect(await ended).toEqual([0, null]);
});

test('requests are accepted for five more seconds in production, and for none in development', () => {
  expect(shutdownTimes({})).toEqual({ delayMs: 0, graceMs: 30_000 });
  expect(shutdownTimes({ NODE_ENV: 'production' })).toEqual({ delayMs: 5_000, graceMs: 30_000 });
  const given = { NODE_ENV: 'production', SHUTDOWN_DELAY_MS: '0', SHUTDOWN_GRACE_MS: '1' };
  expect(shutdownTimes(given)).toEqual({ delayMs: 0, graceMs: 1 });
  expect(() => shutdownTimes({ SHUTDOWN_DELAY_MS: '-1' })).toThrow(SettingsError);
});
