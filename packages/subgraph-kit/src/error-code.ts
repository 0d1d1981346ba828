/** The code of a system error (`ENOENT`) or of PostgreSQL (its SQLSTATE); undefined for other errors. */
export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

export const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  codes.includes(errorCode(error) ?? '');

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
