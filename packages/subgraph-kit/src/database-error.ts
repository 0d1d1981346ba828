const UNIQUE_VIOLATION = '23505';

/** PostgreSQL's code of a failure (its manual, appendix A); undefined when the database did not name one. */
export const databaseCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

/** Whether the database refused a value that is there already: of `constraint`, or of any. */
export const violatesUnique = (error: unknown, constraint?: string): boolean =>
  databaseCode(error) === UNIQUE_VIOLATION &&
  (constraint === undefined ||
    (error instanceof Error && 'constraint' in error && error.constraint === constraint));
