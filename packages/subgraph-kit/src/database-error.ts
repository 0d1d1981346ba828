import { errorCode, hasCode, messageOf } from './error-code.ts';

/** The SQLSTATEs that the code handles, by their names in the PostgreSQL manual, appendix A. */
export const SQLSTATE = {
  deadlockDetected: '40P01',
  duplicateDatabase: '42P04',
  featureNotSupported: '0A000',
  foreignKeyViolation: '23503',
  /** The database does not exist. */
  invalidCatalogName: '3D000',
  /** After `lock_timeout`. */
  lockNotAvailable: '55P03',
  /** After `statement_timeout`, and by `pg_cancel_backend`. */
  queryCanceled: '57014',
  readOnlyTransaction: '25006',
  serializationFailure: '40001',
  undefinedTable: '42P01',
  uniqueViolation: '23505',
} as const;

/** Whether a value was rejected because it exists already, by `constraint` or by any unique constraint. */
export const violatesUnique = (error: unknown, constraint?: string): boolean =>
  hasCode(error, SQLSTATE.uniqueViolation) &&
  (constraint === undefined ||
    (error instanceof Error && 'constraint' in error && error.constraint === constraint));

/**
 * The database cannot be used at the moment: a retry may succeed. The message is for logs, it can contain hosts;
 * `publicMessage` is for callers.
 */
export class DatabaseUnavailableError extends Error {
  /** With this code graphile-worker repeats what it does. Otherwise a job that ends meanwhile would end its worker. */
  readonly code = 'ETIMEDOUT';
  /** Whether the statement was sent. If it was, it may have been executed. */
  readonly wasSent: boolean;
  readonly publicMessage: string;
  /** As documented for clients: after OVERLOADED nothing was changed, after TIMEOUT something may have been. */
  readonly publicCode: 'OVERLOADED' | 'TIMEOUT';

  constructor(
    reason: string,
    { wasSent, publicMessage, cause }: ErrorOptions & { wasSent: boolean; publicMessage?: string },
  ) {
    super(`The database is not available: ${reason}`, { cause });
    this.name = 'DatabaseUnavailableError';
    // Of an error with a code, Prisma keeps `code` and `meta` only. Not enumerable: logs would repeat the error.
    Object.defineProperty(this, 'meta', { value: { unavailable: this } });
    this.wasSent = wasSent;
    this.publicCode = wasSent ? 'TIMEOUT' : 'OVERLOADED';
    this.publicMessage =
      publicMessage ??
      (wasSent
        ? 'The database did not respond. If the request changes something, it may have been done.'
        : 'The database is not available at the moment. Try again.');
  }
}

/** A connection that broke while a statement was running on it. */
export const connectionLost = (reason: string, cause?: unknown) =>
  new DatabaseUnavailableError(reason, { wasSent: true, cause });

/**
 * Whether a prepared statement was not executed because a migration has changed the types of its result. The function of
 * PostgreSQL that reports it is in src/backend/utils/cache/plancache.c.
 */
export const isOutdatedPlan = (error: unknown): boolean =>
  hasCode(error, SQLSTATE.featureNotSupported) &&
  error instanceof Error &&
  'routine' in error &&
  error.routine === 'RevalidateCachedQuery';

/** Its message in the log. */
export const outageMessage = ({ cause }: DatabaseUnavailableError): string =>
  isTimeLimit(cause) ? 'statement took too long' : 'database not available';

const MAX_CAUSES = 5;

/** The DatabaseUnavailableError that caused `error`, which may be wrapped, for example by Prisma. */
export function unavailableDatabase(error: unknown): DatabaseUnavailableError | undefined {
  let cause = error;
  for (let depth = 0; depth < MAX_CAUSES && cause instanceof Error; depth += 1) {
    if (cause instanceof DatabaseUnavailableError) return cause;
    cause = causeOf(cause);
  }
  return undefined;
}

function causeOf(error: Error): unknown {
  const meta = 'meta' in error ? error.meta : undefined;
  const isPrismas = typeof meta === 'object' && meta !== null && 'unavailable' in meta;
  return isPrismas ? meta.unavailable : error.cause;
}

const IS_SQLSTATE = /^[0-9A-Z]{5}$/;
/** Settings that no retry corrects: no such role, database or permission. */
const IS_REFUSED = /^(?:28|3D|42)/;

/** What PgBouncer in transaction mode reports for limits of a session. */
const IS_POOLER = /unsupported startup parameter/;

/** The error of an attempt to connect: a DatabaseUnavailableError, unless a retry cannot succeed. */
export function connectError(error: Error): Error {
  if (error instanceof DatabaseUnavailableError) return error;
  if (IS_POOLER.test(error.message)) {
    const advice = 'For a pooler in transaction mode set DATABASE_POOLER=transaction.';
    return new Error(`${error.message}. ${advice}`, { cause: error });
  }
  const code = errorCode(error) ?? '';
  if (IS_SQLSTATE.test(code) && IS_REFUSED.test(code)) return error;
  return new DatabaseUnavailableError(messageOf(error), { wasSent: false, cause: error });
}

/** Missing resources, such as connections or disk space: nothing was executed. */
const IS_EXHAUSTED = /^53...$/;
/** Connection errors (08), and the end of the server or of the session. */
const IS_CUT_OFF = /^(?:08...|57P0.|25P0[34])$/;
const IS_SOCKET_ERROR = /^E[A-Z]{2,}$/;
/** pg has no codes for these. */
const IS_LOST =
  /^(?:Connection terminated|Client has encountered a connection error|Client was closed)/;

/** Whether PostgreSQL ended a statement after a time limit. The connection can be used again. */
export const isTimeLimit = (error: unknown): boolean =>
  hasCode(error, SQLSTATE.queryCanceled, SQLSTATE.lockNotAvailable);

/**
 * The error of a statement: a DatabaseUnavailableError if it failed because of the database, a time limit there, or the
 * connection to it.
 */
export function statementError(error: unknown): unknown {
  if (error instanceof DatabaseUnavailableError) return error;
  const code = errorCode(error) ?? '';
  if (code === SQLSTATE.readOnlyTransaction) {
    return new DatabaseUnavailableError(messageOf(error), {
      wasSent: false,
      publicMessage: 'The database is read-only at the moment. Try again later.',
      cause: error,
    });
  }
  if (isTimeLimit(error)) {
    return new DatabaseUnavailableError(messageOf(error), {
      wasSent: true,
      publicMessage: 'The database took too long. Try again later.',
      cause: error,
    });
  }
  if (IS_EXHAUSTED.test(code)) {
    return new DatabaseUnavailableError(messageOf(error), { wasSent: false, cause: error });
  }
  const isLost =
    IS_CUT_OFF.test(code) ||
    IS_SOCKET_ERROR.test(code) ||
    (code === '' && IS_LOST.test(messageOf(error)));
  return isLost ? connectionLost(messageOf(error), error) : error;
}
