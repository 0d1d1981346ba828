import { once } from 'node:events';
import { connect } from 'node:net';
import type pg from 'pg';
import type { Backends } from './backends.ts';
import type { ConnectLimit } from './database-client.ts';

const MAX_MS = 2_000;
/** A CancelRequest of the PostgreSQL protocol: its length and its code, then the process and its secret key. */
const LENGTH = 16;
const CODE = 80_877_102;

/**
 * Behind a pooler in transaction mode, a connection has another backend in each transaction, so that only the pooler
 * knows what it runs. The pooler passes on cancel requests. Nothing is known about states.
 */
export const createPooledBackends = (limit: ConnectLimit): Backends => ({
  cancel: async (client) => limit.tryTurn() && requestCancel(client),
  statesOf: async () => new Map(),
});

/** The peer closes the connection after the request is processed. */
async function requestCancel(client: pg.ClientBase): Promise<boolean> {
  const target = targetOf(client);
  if (!target) return false;
  const { host, port, processId, secretKey } = target;
  const isFolder = host.startsWith('/');
  const socket = connect(isFolder ? { path: `${host}/.s.PGSQL.${port}` } : { host, port });
  socket.setTimeout(MAX_MS, () => socket.destroy(new Error('The pooler does not respond.')));
  try {
    await once(socket, 'connect');
    const message = Buffer.alloc(LENGTH);
    for (const [index, value] of [LENGTH, CODE, processId, secretKey].entries()) {
      message.writeInt32BE(value, index * 4);
    }
    socket.write(message);
    socket.resume();
    await once(socket, 'close');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Undefined when the connection has no key. Its types do not declare it. */
function targetOf(client: pg.ClientBase) {
  if (!('host' in client && 'port' in client)) return undefined;
  if (!('processID' in client && 'secretKey' in client)) return undefined;
  const { host, port, processID: processId, secretKey } = client;
  if (typeof host !== 'string' || typeof port !== 'number') return undefined;
  if (typeof processId !== 'number' || typeof secretKey !== 'number') return undefined;
  return { host, port, processId, secretKey };
}
