import { violatesUnique } from '@federated-media/subgraph-kit/database-error';
import { hasCode } from '@federated-media/subgraph-kit/error-code';

/** Prisma's code for a unique constraint that failed. */
const PRISMA_UNIQUE_VIOLATION = 'P2002';

/** Whether a statement, of Prisma or written by hand, failed because a unique value is already in use. */
export const isUniqueViolation = (error: unknown): boolean =>
  hasCode(error, PRISMA_UNIQUE_VIOLATION) || violatesUnique(error);
