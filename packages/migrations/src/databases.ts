import { randomUUID } from 'node:crypto';
import { Client, escapeIdentifier } from 'pg';
import { SQLSTATE } from '@federated-media/subgraph-kit/database-error';
import { hasCode } from '@federated-media/subgraph-kit/error-code';

/** A host that does not respond would otherwise block for minutes. */
const CONNECT_MS = 10_000;

/** Creates the database of `url` if it does not exist. Concurrent calls are safe. */
export async function ensureDatabase(url: string): Promise<void> {
  if (await exists(url)) return;
  try {
    await onServer(url, `CREATE DATABASE ${escapeIdentifier(databaseOf(url))}`);
  } catch (error) {
    // Another process created it at the same time.
    if (!hasCode(error, SQLSTATE.duplicateDatabase, SQLSTATE.uniqueViolation)) throw error;
  }
}

/** Disconnects all clients. */
export async function dropDatabase(url: string): Promise<void> {
  const name = escapeIdentifier(databaseOf(url));
  await onServer(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

/** Runs `work` with the URL of an empty database on the server of `url`, and drops it afterwards. */
export async function withScratchDatabase<Result>(
  url: string,
  work: (scratchUrl: string) => Promise<Result>,
): Promise<Result> {
  const scratchUrl = withDatabase(url, `scratch_${randomUUID().replaceAll('-', '')}`);
  await ensureDatabase(scratchUrl);
  try {
    return await work(scratchUrl);
  } finally {
    await dropDatabase(scratchUrl);
  }
}

export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.href;
}

export function databaseOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}

/** Runs `work` with a separate connection. */
export async function withClient<Result>(
  url: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  client.on('error', () => {}); // the running statement reports a broken connection
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function exists(url: string): Promise<boolean> {
  try {
    await withClient(url, (client) => client.query('SELECT 1'));
    return true;
  } catch (error) {
    if (hasCode(error, SQLSTATE.invalidCatalogName)) return false;
    throw error;
  }
}

/** Commands about databases run in the database `postgres`, which every server has. */
function onServer(url: string, command: string): Promise<unknown> {
  return withClient(withDatabase(url, 'postgres'), (client) => client.query(command));
}
