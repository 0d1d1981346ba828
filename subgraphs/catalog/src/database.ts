import { openPool } from '@federated-media/subgraph-kit/database';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { PrismaClient } from './generated/prisma/client.ts';

/** The catalog's database, through one pool: Prisma for plain statements, `pool` for those written by hand. */
export interface Database {
  readonly pool: pg.Pool;
  readonly prisma: PrismaClient;
  /** @throws Error when it can't be reached */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export function openDatabase({ url, logger }: { url: string; logger: Logger }): Database {
  const pool = openPool({ url, name: 'catalog', logger });
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  return {
    pool,
    prisma,
    async ping() {
      await pool.query('SELECT 1');
    },
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}
