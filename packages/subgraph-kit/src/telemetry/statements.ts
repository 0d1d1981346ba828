import type pg from 'pg';
import type { Logger } from '../logger.ts';
import { textOf } from '../statement-cancel.ts';
import { bindToActivity, currentActivity, roundedMs } from './activity.ts';
import { metrics } from './metrics.ts';
import { markFailed, startSpan } from './tracing.ts';

const KINDS: ReadonlySet<string> = new Set([
  'begin',
  'commit',
  'rollback',
  'select',
  'insert',
  'update',
  'delete',
  'with',
  'listen',
]);
const MAX_SPAN_TEXT = 2_000;

/**
 * Measures every statement of `pool`, including those of a Prisma client on it: as a metric, as a span of its
 * request, and in the log at `debug` as `{ requestId, statement, ms }` with the message `sql`. Values are never recorded.
 */
export function observeStatements(
  pool: pg.Pool,
  { name, logger }: { name: string; logger: Logger },
) {
  pool.on('connect', (client) => watch(client, { name, logger }));
}

/** pg returns a promise, or calls back if the last argument is a function, as the pool itself does. */
function watch(client: pg.PoolClient, { name, logger }: { name: string; logger: Logger }) {
  const logs = logger.isLevelEnabled('debug');
  client.query = new Proxy(client.query, {
    apply(query, self, args: unknown[]): unknown {
      const ended = begin(textOf(args[0]), name);
      const requestId = currentActivity()?.requestId;
      const end = (error?: unknown) => {
        const ms = ended(error);
        if (logs) logger.debug({ requestId, statement: textOf(args[0]), ms: roundedMs(ms) }, 'sql');
      };
      const callback = args.at(-1);
      if (typeof callback === 'function') {
        const called = bindToActivity((...results: unknown[]) => {
          end(results[0]);
          Reflect.apply(callback, undefined, results);
        });
        const nothing: unknown = Reflect.apply(query, self, args.with(-1, called));
        return nothing;
      }
      const result: unknown = Reflect.apply(query, self, args);
      if (result instanceof Promise) result.then(() => end(), end);
      else end();
      return result;
    },
  });
}

function begin(statement: string, pool: string): (error: unknown) => number {
  const started = performance.now();
  const timings = currentActivity()?.timings;
  const kind = kindOf(statement);
  const span = startSpan(kind, {
    kind: 'client',
    attributes: {
      'db.system.name': 'postgresql',
      'db.query.text': statement.slice(0, MAX_SPAN_TEXT),
    },
  });
  return (error) => {
    const ms = performance.now() - started;
    metrics.statement({ pool, kind, ms });
    if (timings) {
      timings.sql.calls += 1;
      timings.sql.ms += ms;
    }
    if (span && error) markFailed(span, error);
    span?.end();
    return ms;
  };
}

function kindOf(statement: string): string {
  const [, word = ''] = /^\s*([A-Za-z]+)/.exec(statement) ?? [];
  const kind = word.toLowerCase();
  return KINDS.has(kind) ? kind : 'other';
}
