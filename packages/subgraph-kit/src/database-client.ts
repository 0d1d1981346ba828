import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const KEEP_ALIVE_MS = 5_000;
/** A silent connection does not confirm its end. */
const END_MS = 1_000;
/** How long a database counts as failing after a connection failed. */
const FAILING_MS = 10_000;
/** One more may open each second to ask about connections and to cancel statements. */
const MAX_PER_SECOND = 4;
/** A second, and what timers and the network add. */
const WINDOW_MS = 1_100;

/** The options of every connection. With keep-alive, the end of a connection to a host that disappeared is noticed. */
export const CONNECTION_OPTIONS = {
  keepAlive: true,
  keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
} as const;

/**
 * Counts the connections that start. While the database fails, more than a few per second have to wait: clients that
 * reconnect at once would keep a database busy that is just recovering.
 */
export function createConnectLimit({ maxPerSecond = MAX_PER_SECOND } = {}) {
  const started: number[] = [];
  let failedAt = -Infinity;
  let waiting = 0;
  let queue = Promise.resolve();

  /** Milliseconds until less than `maxPerSecond` have started within a second. */
  function pauseMs(): number {
    const now = performance.now();
    while (started[0] !== undefined && started[0] <= now - WINDOW_MS) started.shift();
    const oldest = started.at(-maxPerSecond);
    return oldest === undefined ? 0 : oldest + WINDOW_MS - now;
  }

  const isFailing = () => performance.now() < failedAt + FAILING_MS;
  const mustWait = () => isFailing() && pauseMs() > 0;
  const start = () => void started.push(performance.now());

  async function startLater() {
    while (mustWait()) await sleep(pauseMs(), undefined, { ref: false });
    start();
    waiting -= 1;
  }

  return {
    pauseMs,
    /** Resolves when the next connection may start. */
    async turn(): Promise<void> {
      if (waiting === 0 && !mustWait()) return start();
      waiting += 1;
      await (queue = queue.then(startLater));
    },
    /** Whether a connection may start now. If so, it counts. */
    tryTurn(): boolean {
      if (mustWait()) return false;
      start();
      return true;
    },
    /** A connection failed. */
    failed() {
      failedAt = performance.now();
    },
  };
}
export type ConnectLimit = ReturnType<typeof createConnectLimit>;

type ConnectCallback = ((error: Error) => void) | ((error: null, client: pg.Client) => void);

/** Creates the class of all connections that share `limit`. Their end takes at most a second. */
export const createClientClass = (limit: ConnectLimit): typeof pg.Client =>
  class extends pg.Client {
    #hasEnded = false;

    constructor(config?: string | pg.ClientConfig) {
      super(config);
      this.on('error', limit.failed);
    }

    override connect(): Promise<pg.Client>;
    override connect(callback: ConnectCallback): void;
    override connect(callback?: ConnectCallback): Promise<pg.Client> | void {
      const connected = limit.turn().then(() => {
        if (this.#hasEnded) throw new Error('The connection was closed before it was open.');
        return super.connect();
      });
      connected.catch(limit.failed);
      if (!callback) return connected;
      void report(connected, callback);
    }

    override end(): Promise<void>;
    override end(callback: (error: Error) => void): void;
    override end(callback?: (error: Error) => void): Promise<void> | void {
      this.#hasEnded = true;
      const { connection } = this;
      const timer = setTimeout(() => connection.stream.destroy(), END_MS);
      connection.once('end', () => clearTimeout(timer));
      return callback ? super.end(callback) : super.end();
    }
  };

/**
 * A pool opens only a few connections per second. Meanwhile requests wait for the existing ones: statements take
 * milliseconds, so that many requests at once need few connections, unless the database does not respond.
 */
export function limitGrowth(pool: pg.Pool, limit: ConnectLimit): void {
  const { options } = pool;
  const connect = pool.connect.bind(pool);
  let timer: NodeJS.Timeout | undefined;

  const canGrow = () => pool.idleCount === 0 && pool.totalCount < options.max;
  function growLater() {
    timer ??= setTimeout(grow, limit.pauseMs()).unref();
  }
  function grow() {
    timer = undefined;
    if (pool.waitingCount === 0 || pool.ending || !canGrow()) return;
    if (limit.pauseMs() === 0) connect((_error, _client, release) => release());
    growLater();
  }

  pool.connect = new Proxy(pool.connect, {
    apply(target, self, args): unknown {
      if (!canGrow() || limit.pauseMs() === 0) {
        const connected: unknown = Reflect.apply(target, self, args);
        return connected;
      }
      const { max } = options;
      // A full pool queues the request.
      options.max = pool.totalCount;
      try {
        const queued: unknown = Reflect.apply(target, self, args);
        return queued;
      } finally {
        options.max = max;
        growLater();
      }
    },
  });
}

async function report(connected: Promise<pg.Client>, callback: ConnectCallback): Promise<void> {
  const outcome = await connected.then(
    (client) => [null, client],
    (error: unknown) => [error],
  );
  Reflect.apply(callback, undefined, outcome);
}

/** Breaks a connection: its statements fail with `reason`, and a pool replaces it. */
export function breakConnection(client: pg.ClientBase, reason: Error): void {
  if (client instanceof pg.Client) client.connection.stream.destroy(reason);
}
