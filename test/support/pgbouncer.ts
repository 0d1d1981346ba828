import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '@federated-media/stack/ports';
import { accountFor } from '@federated-media/stack/postgres/account';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import pg from 'pg';

const program = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find((path) => existsSync(path));

/** Why tests with PgBouncer are skipped here; null if they run. */
export const noPgBouncer = program ? null : 'no PgBouncer here: install the package pgbouncer';

/** PgBouncer in transaction mode in front of databases, by name, with few connections to each. */
export async function openPgBouncer(databases: ReadonlyMap<string, string>, { poolSize = 3 } = {}) {
  const folder = await temporaryFolder();
  const port = await freePort('127.0.0.1');
  const config = join(folder, 'pgbouncer.ini');
  await writeFile(config, configOf(databases, { port, poolSize }), { mode: 0o644 });
  const child = await start(config, folder);
  return {
    url: (name: string) => `postgres://anyone@127.0.0.1:${port}/${name}`,
    /** How many transactions it has passed on, by database. */
    async transactions(): Promise<ReadonlyMap<string, number>> {
      const client = new pg.Client(`postgres://admin@127.0.0.1:${port}/pgbouncer`);
      await client.connect();
      const { rows } = await client.query<{ database: string; total_xact_count: string }>(
        'SHOW STATS',
      );
      await client.end();
      return new Map(rows.map((row) => [row.database, Number(row.total_xact_count)]));
    },
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}
export type PgBouncer = Awaited<ReturnType<typeof openPgBouncer>>;

/** As docs/databases.md recommends. */
const configOf = (
  databases: ReadonlyMap<string, string>,
  { port, poolSize }: { port: number; poolSize: number },
) => `[databases]
${[...databases].map(([name, url]) => `${name} = ${targetOf(url)}`).join('\n')}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
admin_users = admin
pool_mode = transaction
default_pool_size = ${poolSize}
max_client_conn = 200
query_wait_timeout = 4
`;

function targetOf(url: string): string {
  const { hostname, port, pathname, username, password, searchParams } = new URL(url);
  const target = {
    host: searchParams.get('host') ?? hostname,
    port,
    dbname: pathname.slice(1),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
  };
  return Object.entries(target)
    .map(([name, value]) => `${name}='${value.replaceAll("'", "''")}'`)
    .join(' ');
}

/** It does not run as root. */
async function start(config: string, folder: string): Promise<ChildProcess> {
  const account = await accountFor(join(folder, 'data'));
  const child = spawn(program ?? '', [config], {
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(account && { uid: account.uid, gid: account.gid }),
  });
  const lines: string[] = [];
  for await (const line of createInterface(child.stderr)) {
    lines.push(line);
    if (line.includes('process up')) return child;
  }
  throw new Error(`PgBouncer does not start:\n${lines.join('\n')}`);
}
