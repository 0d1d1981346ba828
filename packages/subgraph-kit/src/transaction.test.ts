import pg from 'pg';
import { expect, test } from 'vitest';
import { inTransaction } from './transaction.ts';

/** A pool of one connection that records its statements and fails at the statement `breaksAt`. */
function setUp({ breaksAt }: { breaksAt?: string } = {}) {
  const told: string[] = [];
  const client = Object.assign(new pg.Client(), {
    async query(statement: string) {
      told.push(statement);
      if (statement === breaksAt) throw new Error('connection lost');
    },
    release: (destroy: boolean) => void told.push(destroy ? 'destroyed' : 'released'),
  });
  const pool = Object.assign(new pg.Pool(), { connect: async () => client });
  return { pool, told };
}

const failure = (code: string) => Object.assign(new Error('lost a race'), { code });

/** How often work runs that always fails with `code`. */
async function runsOf(code: string, options?: { retryTaken: boolean }) {
  let runs = 0;
  const work = () => {
    runs += 1;
    return Promise.reject(failure(code));
  };
  await expect(inTransaction(setUp().pool, work, options)).rejects.toThrow('lost a race');
  return runs;
}

test('commits the work once and returns its result', async () => {
  const { pool, told } = setUp();
  expect(await inTransaction(pool, async () => 'done')).toBe('done');
  expect(told).toEqual(['BEGIN', 'COMMIT', 'released']);
});

test('rolls back after a conflict before it runs again', async () => {
  const { pool, told } = setUp();
  let runs = 0;
  await inTransaction(pool, async () => {
    runs += 1;
    if (runs < 2) throw failure('40001');
  });
  expect(told).toEqual(['BEGIN', 'ROLLBACK', 'released', 'BEGIN', 'COMMIT', 'released']);
});

test('runs four times after conflicts, and once after other failures', async () => {
  expect(await runsOf('40001')).toBe(4);
  expect(await runsOf('40P01')).toBe(4);
  expect(await runsOf('22P02')).toBe(1);
});

test('a unique violation is final, unless the work reads first', async () => {
  expect(await runsOf('23505')).toBe(1);
  expect(await runsOf('23505', { retryTaken: true })).toBe(4);
});

test('does not reuse a connection that cannot roll back', async () => {
  const { pool, told } = setUp({ breaksAt: 'ROLLBACK' });
  const work = () => Promise.reject(new Error('first'));
  await expect(inTransaction(pool, work)).rejects.toThrow('first');
  expect(told).toEqual(['BEGIN', 'ROLLBACK', 'destroyed']);
});
