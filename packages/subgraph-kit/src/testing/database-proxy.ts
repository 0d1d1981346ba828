import { once } from 'node:events';
import { type Socket, connect, createServer } from 'node:net';

/** A connection of a client. */
interface Opened {
  /** Milliseconds, of `performance.now()`. */
  readonly at: number;
  /** Its application_name, without ` control`; empty until it is known. */
  name: string;
}

/** A proxy in front of PostgreSQL that can lose connections without a sign, as a failover behind a proxy does. */
export async function openDatabaseProxy(databaseUrl: string) {
  const { hostname, port: databasePort, searchParams } = new URL(databaseUrl);
  const folder = searchParams.get('host');
  const reach = () =>
    folder
      ? connect(`${folder}/.s.PGSQL.${databasePort}`)
      : connect(Number(databasePort), hostname);
  const opened: Opened[] = [];
  const pairs = new Map<Socket, Socket>();
  const silent = new Set<Socket>();
  let isStopped = false;

  const server = createServer((near) => {
    const far = reach();
    const connection: Opened = { at: performance.now(), name: '' };
    opened.push(connection);
    pairs.set(near, far);
    for (const socket of [near, far]) socket.on('error', () => {});
    // Nobody learns of the end of a silent connection.
    near.on('close', () => silent.has(near) || far.destroy());
    far.on('close', () => silent.has(near) || near.destroy());
    if (isStopped) return;
    near.once('data', (startup) => {
      const [, name = ''] = /application_name\0([^\0]*)/.exec(startup.toString('latin1')) ?? [];
      connection.name = name.replace(/ control$/, '');
    });
    near.pipe(far).pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const url = new URL(databaseUrl);
  url.searchParams.delete('host');
  url.hostname = '127.0.0.1';
  const address = server.address();
  if (typeof address === 'object' && address) url.port = String(address.port);

  const hold = ([near, far]: [Socket, Socket]) => {
    near.unpipe(far).pause();
    far.unpipe(near).pause();
  };

  return {
    url: url.href,
    /** Existing connections stay open and transport nothing any more. New ones work. */
    silence() {
      for (const pair of pairs) {
        silent.add(pair[0]);
        hold(pair);
      }
      pairs.clear();
    },
    /** Nothing is transported until `resume`; new connections are accepted. */
    stop() {
      isStopped = true;
      for (const pair of pairs) hold(pair);
    },
    resume() {
      isStopped = false;
      for (const [near, far] of pairs) near.pipe(far).pipe(near);
    },
    /** The connections of a pool, or of all, since a time. */
    openedSince: (since: number, name?: string) =>
      opened.filter((one) => one.at >= since && (name === undefined || one.name === name)),
    close() {
      server.close();
      for (const [near, far] of pairs) for (const socket of [near, far]) socket.destroy();
      for (const socket of silent) socket.destroy();
    },
  };
}
export type DatabaseProxy = Awaited<ReturnType<typeof openDatabaseProxy>>;

/** The largest number of connections that were opened within a second. */
export const mostPerSecond = (opened: readonly Pick<Opened, 'at'>[]): number =>
  Math.max(
    0,
    ...opened.map(({ at }) => opened.filter((one) => one.at >= at && one.at < at + 1_000).length),
  );
