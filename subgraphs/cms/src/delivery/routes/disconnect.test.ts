import { once } from 'node:events';
import { readdir, readlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { expect, test, vi } from 'vitest';
import type { RenditionService } from '../rendition/service.ts';
import { refOf, serveFile } from '../../testing/delivery.ts';

const PATIENTLY = { timeout: 5000 };
const ON_LINUX = process.platform === 'linux';

/** The number of stored objects that this process has open, on Linux. */
async function objectsOpen(): Promise<number> {
  const names = await readdir('/proc/self/fd');
  const targets = await Promise.all(
    names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => 'closed in the meantime')),
  );
  return targets.filter((target) => target.includes('/objects/')).length;
}

function ask(origin: string, path: string) {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: test\r\n\r\n`);
  return socket;
}

test.runIf(ON_LINUX)(
  'a slow client fills no memory, and a disconnect closes the file',
  async () => {
    const bytes = Buffer.alloc(64 * 2 ** 20, 7);
    const { origin, sign, get, nextConnection } = await serveFile({ bytes });
    const connected = nextConnection();
    const socket = ask(origin, sign());
    const connection = await connected;
    await once(socket, 'readable');
    expect((await get({ range: 'bytes=0-9' })).status).toBe(206);
    await expect.poll(objectsOpen, PATIENTLY).toBe(1);
    let written = 0;
    const isStalled = () => written === (written = connection.bytesWritten);
    await expect.poll(isStalled, { ...PATIENTLY, interval: 100 }).toBe(true);
    expect(connection.bytesWritten).toBeLessThan(bytes.length);
    expect(connection.writableLength).toBeLessThan(2 ** 20);

    socket.destroy();
    await expect.poll(objectsOpen, PATIENTLY).toBe(0);
  },
);

test.runIf(ON_LINUX)('a disconnect during the lookup leaves no file open', async () => {
  const { origin, sign, work, blockLookup } = await serveFile({ bytes: Buffer.alloc(2 ** 20) });
  const { release, disconnected } = blockLookup();
  ask(origin, sign()).destroySoon();
  await disconnected;
  release();
  await expect.poll(() => work, PATIENTLY).toContain('get');
  await expect.poll(objectsOpen, PATIENTLY).toBe(0);
});

test('a disconnect during the lookup aborts the rendering', async () => {
  const getOrCreate = vi.fn<RenditionService['getOrCreate']>(() => new Promise(() => {}));
  const renditions: RenditionService = {
    refOf,
    getCached: () => undefined,
    forget: () => {},
    getOrCreate,
    stop: async () => {},
  };
  const { origin, sign, blockLookup } = await serveFile({ renditions });
  const { release, disconnected } = blockLookup();
  ask(origin, sign({ recipe: 'w10inside-webp' })).destroySoon();
  await disconnected;
  release();
  await vi.waitFor(() => expect(getOrCreate).toHaveBeenCalled());
  expect(getOrCreate.mock.lastCall?.[1].signal.aborted).toBe(true);
});
