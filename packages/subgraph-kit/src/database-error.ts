import { hasCode } from './error-code.ts';

/** The SQLSTATEs that the code handles, by their names in the PostgreSQL manual, appendix A. */
export const SQLSTATE = {
  deadlockDetected: '40P01',
  duplicateDatabase: '42P04',
  foreignKeyViolation: '23503',
  /** The database does not exist. */
  invalidCatalogName: '3D000',
  queryCanceled: '57014',
  serializationFailure: '40001',
  undefinedTable: '42P01',
  uniqueViolation: '23505',
} as const;

/** Whether a value was rejected because it exists already, by `constraint` or by any unique constraint. */
export const violatesUnique = (error: unknown, constraint?: string): boolean =>
  hasCode(error, SQLSTATE.uniqueViolation) &&
  (constraint === undefined ||
    (error instanceof Error && 'constraint' in error && error.constraint === constraint));
