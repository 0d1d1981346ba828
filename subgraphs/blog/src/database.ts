import { openDatabase as open } from '@federated-media/subgraph-kit/database';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/prisma/client.ts';

export const openDatabase = (options: { url: string; logger: Logger }) =>
  open({
    ...options,
    name: 'blog',
    clientOf: (pool) => new PrismaClient({ adapter: new PrismaPg(pool) }),
  });
export type Database = ReturnType<typeof openDatabase>;
