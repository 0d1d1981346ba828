import type pg from 'pg';

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

const withoutName = (statement: unknown): unknown =>
  typeof statement === 'object' && statement !== null && 'text' in statement && 'name' in statement
    ? { ...statement, name: undefined }
    : statement;
