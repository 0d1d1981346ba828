import { createHash, randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Client } from 'pg';
import { inject } from 'vitest';
import { dropDatabase, withClient, withDatabase } from '@federated-media/migrations/databases';
import { readPrismaFolder } from '@federated-media/migrations/folder';
import { migrate } from '@federated-media/migrations/migrate';

export interface TestDatabase {
  readonly url: string;
  /** Idempotent; disconnects all clients. */
  drop(): Promise<void>;
}

const templates = new Map<string, Promise<string>>();

/**
 * Creates a database with the migrations of the subgraph: a copy of a template that the first caller of the run
 * creates. Only in tests (vitest).
 */
export async function createTestDatabase(subgraph: string): Promise<TestDatabase> {
  const server = inject('postgresUrl');
  const template = await templateFor(server, subgraph);
  const name = `test_${subgraph.replaceAll('-', '_')}_${randomUUID().replaceAll('-', '')}`;
  await withClient(server, (client) =>
    client.query(`CREATE DATABASE "${name}" TEMPLATE "${template}"`),
  );
  const url = withDatabase(server, name);
  return { url, drop: () => dropDatabase(url) };
}

function templateFor(server: string, subgraph: string): Promise<string> {
  const known = templates.get(subgraph) ?? makeTemplate(server, subgraph);
  templates.set(subgraph, known);
  return known;
}

/** Test files run in several processes: one creates the template, the others wait for it. */
async function makeTemplate(server: string, subgraph: string): Promise<string> {
  const folder = fileURLToPath(new URL(`../../../prisma/${subgraph}`, import.meta.url));
  const { migrations } = await readPrismaFolder(folder);
  const version = createHash('sha256').update(JSON.stringify(migrations)).digest('hex');
  const name = `template_${subgraph.replaceAll('-', '_')}_${version.slice(0, 12)}`;
  await withClient(server, async (client) => {
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [name]);
    if (await exists(client, name)) return;
    const draft = withDatabase(server, `${name}_draft`);
    await dropDatabase(draft);
    await migrate({ url: draft, folder });
    await client.query(`ALTER DATABASE "${name}_draft" RENAME TO "${name}"`);
  });
  return name;
}

async function exists(client: Client, name: string): Promise<boolean> {
  const found = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
  return found.rows.length > 0;
}
