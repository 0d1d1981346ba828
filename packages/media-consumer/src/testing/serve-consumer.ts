import { createTestDatabase } from '@federated-media/stack/test-database';
import { repeatMigration } from '@federated-media/stack/testing/repeat-migration';
import { openPool } from '@federated-media/subgraph-kit/database';
import type { Caller } from '@federated-media/subgraph-kit/identity';
import { createTokenMinter } from '@federated-media/subgraph-kit/identity';
import { type Logger, createLogger } from '@federated-media/subgraph-kit/logger';
import { type Subgraph, serveSubgraph } from '@federated-media/subgraph-kit/server';
import type { CmsClient } from '../cms-client.ts';
import { createFakeCms } from './fake-cms.ts';

const secrets = ['a-secret-for-tests-of-32-characters'];

interface Answer<Data> {
  readonly data: Data;
  readonly errors?: readonly { message: string; extensions: Record<string, unknown> }[];
}

interface Asking {
  readonly variables?: object;
  readonly storeId?: string;
  readonly scope?: string;
}

/** Serves a consumer over HTTP with a separate database and an in-memory CMS; it records its SQL statements. */
export async function serveTestConsumer<Context extends { caller: Caller; requestId: string }>({
  name,
  scopes,
  create,
}: {
  name: string;
  /** The default scopes of callers. */
  scopes: string;
  create: (dependencies: {
    databaseUrl: string;
    cms: CmsClient;
    logger: Logger;
  }) => Subgraph<Context>;
}) {
  const database = await createTestDatabase(name);
  const silent = createLogger({ name: 'test', level: 'silent' });
  const pool = openPool({ url: database.url, name: 'test', logger: silent });
  const statements: string[] = [];
  const logger = Object.assign(createLogger({ name: 'test', level: 'debug' }), {
    info: () => undefined,
    warn: () => undefined,
    debug: (entry: { statement?: string }) => {
      if (entry.statement) statements.push(entry.statement);
    },
  });
  const cms = createFakeCms();
  const subgraph = create({ databaseUrl: database.url, cms: cms.client, logger });
  const hosting = { host: '127.0.0.1', port: 0, secrets, maxBodyBytes: 1_000_000, logger };
  const server = await serveSubgraph(subgraph, hosting);
  const gateway = createTokenMinter({ secrets, issuer: 'gateway' });
  const url = `${server.url}/graphql`;

  async function ask<Data = unknown>(
    query: string,
    { variables = {}, storeId = 'store-a', scope = scopes }: Asking = {},
  ): Promise<Answer<Data>> {
    const token = await gateway.mint({ audience: name, subject: 'user-1', storeId, scope });
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Answer<Data>;
  }

  return {
    url,
    cms,
    /** A separate pool on its database. */
    pool,
    /** Applies a migration again, to rows that the test has written. */
    repeatMigration: (migration: string) =>
      repeatMigration(pool, { subgraph: name, name: migration }),
    /** All SQL statements of requests. */
    statements,
    ask,

    /** The field `it` of the response; fails on GraphQL errors. */
    async read<It>(query: string, asking: Asking = {}): Promise<It> {
      const { data, errors } = await ask<{ it: It }>(query, asking);
      if (errors) throw new Error(errors.map(({ message }) => message).join('\n'));
      return data.it;
    },

    /** The codes of a query's errors. */
    async errorsOf(query: string, asking: Asking = {}) {
      const { errors = [] } = await ask(query, asking);
      return errors.map(({ extensions }) => extensions['code']);
    },

    async close() {
      await server.close();
      await pool.end();
      await database.drop();
    },
  };
}

/** The codes and paths of a payload's user errors. */
export const rejectionOf = ({
  userErrors,
}: {
  userErrors: readonly { code: string; field: readonly string[] }[];
}): string[] => userErrors.map(({ code, field }) => `${code} ${field.join('.')}`);
