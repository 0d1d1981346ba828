import { pino } from 'pino';
import { expect, inject, onTestFinished, test } from 'vitest';
import { openDatabase } from './database.ts';
import { openDatabaseProxy } from './testing/database-proxy.ts';

const logger = pino({ level: 'silent' });

function databaseAt(url: string) {
  const clientOf = () => ({ $disconnect: async () => {} });
  const database = openDatabase({ url, name: 'access', logger, clientOf });
  onTestFinished(() => database.close());
  return database;
}

test('a process starts while its database does not respond, and uses it as soon as it does', async () => {
  const proxy = await openDatabaseProxy(inject('postgresUrl'));
  onTestFinished(() => proxy.close());
  proxy.stop();
  const database = databaseAt(proxy.url);
  await expect(database.checkAccess()).resolves.toBeUndefined();
  proxy.resume();
  await expect(database.ping()).resolves.toBeUndefined();
});

test('a process does not start with a database that does not exist', async () => {
  const url = new URL(inject('postgresUrl'));
  url.pathname = '/no_such_database';
  await expect(databaseAt(url.href).checkAccess()).rejects.toThrow(/no_such_database/);
});
