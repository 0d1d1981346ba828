import { setTimeout as sleep } from 'node:timers/promises';
import { openSession } from '@federated-media/subgraph-kit/database';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { Locker } from '@tus/server';
import type pg from 'pg';
import { TusRefusal } from './tus-refusal.ts';

/** Of one statement. */
const TIME_LIMIT_MS = 5_000;
/** How long a request waits for the one that it ends. */
const WAIT_MS = 10_000;
const RETRY_EVERY_MS = 50;
/** A connection that only holds locks does not notice that it has gone silent. */
const CHECK_EVERY_MS = 3_000;
const CHANNEL = 'upload_locks';

/** Notifies the holder, unless this session gets the lock. */
const ACQUIRE = {
  name: 'acquire-upload-lock',
  text: `
  WITH attempt AS MATERIALIZED (
    SELECT pg_try_advisory_lock(hashtextextended('upload ' || $1, 0)) AS succeeded
  )
  SELECT succeeded, CASE WHEN NOT succeeded THEN pg_notify('${CHANNEL}', $1)::text END FROM attempt`,
};
const RELEASE = {
  name: 'release-upload-lock',
  text: `SELECT pg_advisory_unlock(hashtextextended('upload ' || $1, 0))`,
};

interface Holder {
  /** Asks it to release the lock. */
  readonly end: () => unknown;
}

/**
 * Locks of resumable uploads, among all processes on one database: a request that needs a lock ends the one that has it,
 * whose client has probably gone. The locks belong to one connection per process, so those of a killed process are
 * released. When it is lost, all requests that hold one end.
 */
export function createUploadLocks({
  pool,
  waitMs = WAIT_MS,
  logger,
}: {
  /** Of a database that is reached directly. Only its options are used, none of its connections. */
  pool: pg.Pool;
  waitMs?: number;
  logger: Logger;
}) {
  const holders = new Map<string, Holder>();
  let connection: Promise<pg.Client> | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let endAll = () => {};

  function connect(): Promise<pg.Client> {
    if (connection) return connection;
    const client = openSession(pool, { timeLimitMs: TIME_LIMIT_MS });
    const opened = open(client);
    const lost = () => {
      if (connection !== opened) return;
      connection = undefined;
      clearInterval(timer);
      if (holders.size > 0) logger.warn('the connection of upload locks was lost; ending uploads');
      endAll();
      void client.end().catch(() => {}); // already ended
    };
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', ({ payload = '', processId }) => {
      // This process ends its own requests without a notification, which may be late.
      if (!isOwn(client, processId)) holders.get(payload)?.end();
    });
    opened.then(() => {
      timer = setInterval(() => void check(), CHECK_EVERY_MS).unref();
    }, lost);
    connection = opened;
    return opened;
  }

  /** pg connections run one statement at a time. One that does not respond is closed, and its locks are released. */
  function run<Row extends object>(statement: pg.QueryConfig): Promise<Row[]> {
    const result = queue.then(async () => {
      const client = await connect();
      try {
        return (await client.query<Row>(statement)).rows;
      } catch (error) {
        await client.end();
        throw error;
      }
    });
    queue = result.catch(() => {}); // reported to the caller
    return result;
  }

  async function check() {
    if (holders.size === 0) return;
    await run({ text: 'SELECT 1' }).catch(() => {}); // `lost` has ended the uploads
  }

  async function acquire(id: string, holder: Holder): Promise<boolean> {
    holders.set(id, holder);
    let isAcquired = false;
    try {
      const [row] = await run<{ succeeded: boolean }>({ ...ACQUIRE, values: [id] });
      isAcquired = row?.succeeded ?? false;
      return isAcquired;
    } finally {
      if (!isAcquired) holders.delete(id);
    }
  }

  const locker: Locker = {
    newLock: (id) => ({
      async lock(signal, askToEnd) {
        const holder = { end: askToEnd };
        const until = performance.now() + waitMs;
        while (!signal.aborted && performance.now() < until) {
          const other = holders.get(id);
          if (!other && (await acquire(id, holder))) return;
          other?.end();
          await sleep(RETRY_EVERY_MS);
        }
        throw LOCKED;
      },

      async unlock() {
        holders.delete(id);
        // The next request of this process need not wait for it: the session may have a lock twice.
        run({ ...RELEASE, values: [id] }).catch((error: unknown) => {
          logger.warn({ err: error, upload: id }, 'could not release the lock of an upload');
        });
      },
    }),
  };

  return {
    locker,
    /** `listener` must end all requests that hold a lock at once: other processes can get it. */
    onLost(listener: () => void): void {
      endAll = listener;
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      await connection?.then((client) => client.end()).catch(() => {}); // already gone
    },
  };
}
export type UploadLocks = ReturnType<typeof createUploadLocks>;

async function open(client: pg.Client): Promise<pg.Client> {
  await client.connect();
  await client.query(`LISTEN ${CHANNEL}`);
  return client;
}

/** pg does not declare it. */
const isOwn = (client: pg.Client, processId: number): boolean =>
  'processID' in client && client.processID === processId;

const LOCKED = new TusRefusal(
  423,
  'OVERLOADED',
  'Another request of this upload is still running.',
);
