import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { expect, inject, onTestFinished, test } from 'vitest';
import { openPool } from './database.ts';
import { inTransaction } from './transaction.ts';

const CONNECTIONS = 4;
const CHANGES = [
  ['the collation', 'TYPE text COLLATE "C"'],
  ['the type', 'TYPE varchar(20)'],
] as const;

async function openTable() {
  const pool = openPool({
    url: inject('postgresUrl'),
    name: 'prepared',
    logger: pino({ level: 'silent' }),
    maxConnections: CONNECTIONS,
  });
  const table = `prepared_${randomUUID().replaceAll('-', '')}`;
  await pool.query(`CREATE TABLE ${table} AS SELECT 'a'::text AS word`);
  onTestFinished(async () => {
    await pool.query(`DROP TABLE ${table}`);
    await pool.end();
  });
  const statement = { name: 'words', text: `SELECT word, pg_sleep(0.05) FROM ${table}` };
  const onEach = <Result>(run: () => Promise<Result>) =>
    Promise.all(Array.from({ length: CONNECTIONS }, run));
  return { pool, table, statement, onEach };
}

test.for(CHANGES)(
  'statements continue after a migration has changed %s of a column',
  async ([, change]) => {
    const { pool, table, statement, onEach } = await openTable();
    await onEach(() => pool.query(statement));
    expect(pool.totalCount).toBe(CONNECTIONS);
    await pool.query(`ALTER TABLE ${table} ALTER COLUMN word ${change}`);
    for (const { rows } of await onEach(() => pool.query(statement)))
      expect(rows).toMatchObject([{ word: 'a' }]);
  },
);

test.for(CHANGES)(
  'transactions continue after a migration has changed %s of a column',
  async ([, change]) => {
    const { pool, table, statement, onEach } = await openTable();
    const read = () => inTransaction(pool, (client) => client.query(statement));
    await onEach(read);
    for (let time = 0; time < 2; time += 1) {
      await pool.query(
        `ALTER TABLE ${table} ALTER COLUMN word ${time === 0 ? change : 'TYPE text'}`,
      );
      for (const { rows } of await onEach(read)) expect(rows).toMatchObject([{ word: 'a' }]);
    }
  },
);

test('another statement that PostgreSQL does not support runs once', async () => {
  const { pool, table } = await openTable();
  const [counter, fails] = [`${table}_counter`, `${table}_fails`];
  await pool.query(`CREATE SEQUENCE ${counter}`);
  await pool.query(`CREATE FUNCTION ${fails}() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
    PERFORM nextval('${counter}');
    RAISE 'not supported' USING ERRCODE = 'feature_not_supported';
  END $$`);
  const failing = pool.query({ name: 'failing', text: `SELECT ${fails}()` });
  await expect(failing).rejects.toMatchObject({ code: '0A000' });
  const { rows } = await pool.query(`SELECT last_value::int AS runs FROM ${counter}`);
  expect(rows).toEqual([{ runs: 1 }]);
  await pool.query(`DROP FUNCTION ${fails}; DROP SEQUENCE ${counter}`);
});
