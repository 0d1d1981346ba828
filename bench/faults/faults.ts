import { rm, writeFile } from 'node:fs/promises';
import { Client } from 'pg';
import type { Platform } from './platform.ts';

export interface Fault {
  readonly name: string;
  begin(platform: Platform): Promise<void>;
  /** Ends it; the processes that were killed have not been started yet. */
  end(platform: Platform): Promise<void>;
}

const diskFault = (name: string, code: string): Fault => ({
  name,
  begin: ({ diskFault }) => writeFile(diskFault, code),
  end: ({ diskFault }) => rm(diskFault, { force: true }),
});

export const FAULTS: readonly Fault[] = [
  {
    name: 'database black hole',
    begin: async ({ database }) => database.set('black hole'),
    end: async ({ database }) => database.set('good'),
  },
  {
    name: 'database restart',
    async begin({ databaseUrl }) {
      const client = new Client({ connectionString: databaseUrl('postgres') });
      client.on('error', () => {}); // This connection breaks intentionally.
      await client.connect();
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      // When a server process is killed, PostgreSQL ends all others and recovers from its log.
      if (rows[0]) process.kill(rows[0].pid, 'SIGKILL');
    },
    end: async () => {},
  },
  diskFault('disk full', 'ENOSPC'),
  diskFault('disk error', 'EIO'),
  {
    name: 'CMS stopped',
    begin: async (platform) => platform.kill('cms'),
    end: async () => {},
  },
  {
    name: 'slow network',
    async begin({ database, cms }) {
      database.set('slow');
      cms.set('slow');
    },
    async end({ database, cms }) {
      database.set('good');
      cms.set('good');
    },
  },
];
