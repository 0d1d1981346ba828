import { expect, test } from 'vitest';
import {
  DatabaseUnavailableError,
  connectError,
  connectionLost,
  statementError,
  unavailableDatabase,
  violatesUnique,
} from './database-error.ts';
import { errorCode } from './error-code.ts';

const taken = Object.assign(new Error('taken'), { code: '23505', constraint: 'sku_key' });

test('recognises a unique violation by its constraint', () => {
  expect(violatesUnique(taken)).toBe(true);
  expect(violatesUnique(taken, 'sku_key')).toBe(true);
  expect(violatesUnique(taken, 'name_key')).toBe(false);
});

test.each([
  new Error('no code'),
  Object.assign(new Error('a deadlock'), { code: '40P01', constraint: 'sku_key' }),
  { code: '23505', constraint: 'sku_key' },
  undefined,
])('%o is not a unique violation', (error) => {
  expect(violatesUnique(error)).toBe(false);
  expect(violatesUnique(error, 'sku_key')).toBe(false);
});

test('only an error has a code, and only a string is a code', () => {
  expect(errorCode(taken)).toBe('23505');
  expect(errorCode(Object.assign(new Error('x'), { code: 23505 }))).toBeUndefined();
  expect(errorCode({ code: '23505' })).toBeUndefined();
});

const failure = (message: string, code?: string) =>
  Object.assign(new Error(message), code === undefined ? {} : { code });

test.each([
  [failure('timeout exceeded when trying to connect'), 'OVERLOADED'],
  [failure('connect ECONNREFUSED 10.0.0.1:5432', 'ECONNREFUSED'), 'OVERLOADED'],
  [failure('sorry, too many clients already', '53300'), 'OVERLOADED'],
  [failure('the database system is starting up', '57P03'), 'OVERLOADED'],
  [failure('query_wait_timeout', '08P01'), 'OVERLOADED'],
])('%s: connecting can be repeated', (error, publicCode) => {
  expect(connectError(error)).toBeInstanceOf(DatabaseUnavailableError);
  expect(connectError(error)).toMatchObject({ publicCode, cause: error });
});

test.each([
  failure('password authentication failed', '28P01'),
  failure('database "x" does not exist', '3D000'),
])('%s: connecting cannot be repeated', (error) => {
  expect(connectError(error)).toBe(error);
});

test('suggests the setting for a pooler that rejects the limits of a session', () => {
  const rejected = connectError(
    failure('unsupported startup parameter: statement_timeout', '08P01'),
  );
  expect(rejected).not.toBeInstanceOf(DatabaseUnavailableError);
  expect(rejected.message).toContain('DATABASE_POOLER=transaction');
});

test.each([
  [failure('Connection terminated unexpectedly'), 'TIMEOUT'],
  [failure('read ECONNRESET', 'ECONNRESET'), 'TIMEOUT'],
  [failure('terminating connection due to administrator command', '57P01'), 'TIMEOUT'],
  [failure('canceling statement due to statement timeout', '57014'), 'TIMEOUT'],
  [failure('canceling statement due to lock timeout', '55P03'), 'TIMEOUT'],
  [failure('out of memory', '53200'), 'OVERLOADED'],
  [failure('cannot execute INSERT in a read-only transaction', '25006'), 'OVERLOADED'],
])('%s: a statement can be repeated', (error, publicCode) => {
  expect(statementError(error)).toMatchObject({ publicCode, cause: error });
});

test.each([taken, failure('syntax error', '42601'), failure('something else'), undefined])(
  '%s is the error of a statement itself',
  (error) => {
    expect(statementError(error)).toBe(error);
  },
);

test('finds an unavailable database behind other errors, and shows no details to callers', () => {
  const lost = connectionLost('connect ECONNREFUSED 10.0.0.1:5432');
  const wrapped = new Error('outer', { cause: new Error('inner', { cause: lost }) });
  expect(unavailableDatabase(wrapped)).toBe(lost);
  const meta: unknown = Reflect.get(lost, 'meta');
  const prismas = Object.assign(new Error('failed'), {
    code: lost.code,
    meta: { ...Object(meta) },
  });
  expect(unavailableDatabase(prismas)).toBe(lost);
  expect(lost.publicMessage).not.toContain('10.0.0.1');
  expect(unavailableDatabase(taken)).toBeUndefined();
  expect(unavailableDatabase('text')).toBeUndefined();
});
