import type pg from 'pg';
import { isOutdatedPlan } from './database-error.ts';
import { whileRequestLasts } from './request-life.ts';

/** A statement for pg; one with a name is planned once per connection. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
}

/** PostgreSQL keeps a prepared statement as long as its connection. */
const MAX_NAMED = 100;

/**
 * Names the variants of one statement, such as one for each set of columns. Clients decide which variants exist, so
 * their number is limited; the others are planned each time.
 */
export function createStatementNames(prefix: string, max = MAX_NAMED): (text: string) => Statement {
  const known = new Map<string, Statement>();
  return (text) => {
    const before = known.get(text);
    if (before) return before;
    if (known.size >= max) return { text };
    const statement = { name: `${prefix}-${known.size + 1}`, text };
    known.set(text, statement);
    return statement;
  };
}

/**
 * Plans each statement when it is executed: behind a pooler in transaction mode, the next statement may reach another
 * backend, which does not have it.
 */
export function withoutPreparedStatements(pool: pg.Pool): void {
  pool.on('connect', (client) => {
    client.query = new Proxy(client.query, {
      apply(query, self, [statement, ...rest]: unknown[]): unknown {
        const result: unknown = Reflect.apply(query, self, [withoutName(statement), ...rest]);
        return result;
      },
    });
  });
}

const MAX_ATTEMPTS = 3;

/**
 * Prepares all statements again, under other names, after a migration has changed the type or the collation of a column:
 * PostgreSQL rejects what was prepared before. Nothing was executed then, so statements of the pool run again, on another
 * connection, because the pool closes one after an error. `inTransaction` repeats transactions.
 */
export function renewPreparedStatements(pool: pg.Pool): void {
  let version = 0;
  const renewAfter = (error: unknown, used: number) => {
    if (used === version && isOutdatedPlan(error)) version += 1;
  };
  pool.on('connect', (client) => {
    client.query = new Proxy(client.query, {
      apply(query, self, [statement, ...rest]: unknown[]): unknown {
        const used = version;
        const args = [used === 0 ? statement : withSuffix(statement, used), ...rest];
        const callback = rest.at(-1);
        if (typeof callback === 'function') {
          const onResult = (error: unknown, ...results: unknown[]) => {
            renewAfter(error, used);
            Reflect.apply(callback, undefined, [error, ...results]);
          };
          const nothing: unknown = Reflect.apply(query, self, args.with(-1, onResult));
          return nothing;
        }
        const result: unknown = Reflect.apply(query, self, args);
        if (result instanceof Promise) result.catch((error: unknown) => renewAfter(error, used));
        return result;
      },
    });
  });

  pool.query = new Proxy(pool.query, {
    apply(query, self, args: unknown[]): unknown {
      const run = (): unknown => Reflect.apply(query, self, args);
      const result = run();
      return result instanceof Promise ? untilPrepared(result, run) : result;
    },
  });
}

async function untilPrepared(first: Promise<unknown>, run: () => unknown): Promise<unknown> {
  const checkRequest = whileRequestLasts();
  let result: unknown = first;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await result;
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isOutdatedPlan(error)) throw error;
      checkRequest();
      result = run();
    }
  }
}

const withoutName = (statement: unknown): unknown =>
  isNamed(statement) ? { ...statement, name: undefined } : statement;

const withSuffix = (statement: unknown, suffix: number): unknown =>
  isNamed(statement) ? { ...statement, name: `${statement.name}.${suffix}` } : statement;

const isNamed = (statement: unknown): statement is { text: unknown; name: string } =>
  typeof statement === 'object' &&
  statement !== null &&
  'text' in statement &&
  'name' in statement &&
  typeof statement.name === 'string';
