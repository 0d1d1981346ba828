import { databaseCode, violatesUnique } from '@federated-media/subgraph-kit/database-error';

/** Prisma's code for a unique constraint that failed. */
const PRISMA_UNIQUE_VIOLATION = 'P2002';

/** Whether a statement, of Prisma or written by hand, failed because a unique value is already in use. */
export const isUniqueViolation = (error: unknown): boolean =>
  databaseCode(error) === PRISMA_UNIQUE_VIOLATION || violatesUnique(error);
