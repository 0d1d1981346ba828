import { Socket, connect } from 'node:net';
import type pg from 'pg';

const CANCEL_REQUEST_CODE = 80_877_102;
const MAX_MS = 2_000;

/**
 * Asks PostgreSQL to cancel what `client`'s connection runs: a CancelRequest on a connection of its own
 * (the PostgreSQL manual, "Message Formats"). Resolves when the server has closed that one, which it does
 * after it has signalled: nothing that the connection runs later is hit. Where that can't be known, the
 * connection is broken. Never rejects.
 */
export async function sendCancelRequest(client: pg.PoolClient): Promise<void> {
  const address = addressOf(client);
  const isSent = address !== undefined && (await exchange(address, cancelRequest(client)));
  if (!isSent) breakConnection(client);
}

function exchange(address: Address, message: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.setTimeout(MAX_MS, () => socket.destroy(new Error('no answer')));
    socket.once('connect', () => socket.write(message));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(true));
    socket.resume();
  });
}

function cancelRequest(client: pg.PoolClient): Buffer {
  const message = Buffer.alloc(16);
  message.writeInt32BE(message.length, 0);
  message.writeInt32BE(CANCEL_REQUEST_CODE, 4);
  message.writeInt32BE(numberIn(client, 'processID'), 8);
  message.writeInt32BE(numberIn(client, 'secretKey'), 12);
  return message;
}

type Address = { path: string } | { host: string; port: number };

function addressOf(client: pg.PoolClient): Address | undefined {
  const host: unknown = Reflect.get(client, 'host');
  const port = numberIn(client, 'port');
  if (typeof host !== 'string') return undefined;
  return host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
}

/** Its statement fails, and the pool opens another. */
function breakConnection(client: pg.PoolClient) {
  const connection: unknown = Reflect.get(client, 'connection');
  if (typeof connection !== 'object' || connection === null) return;
  const stream: unknown = Reflect.get(connection, 'stream');
  if (stream instanceof Socket) stream.destroy(new Error('its statement could not be cancelled'));
}

function numberIn(client: pg.PoolClient, name: string): number {
  const value: unknown = Reflect.get(client, name);
  return typeof value === 'number' ? value : 0;
}
