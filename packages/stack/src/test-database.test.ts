import { expect, test } from 'vitest';
import { withClient } from '@federated-media/migrations/databases';
import { createTestDatabase } from './test-database.ts';

test('a test database has its subgraph’s tables and none of another test’s rows', async () => {
  const [first, second] = await Promise.all([createTestDatabase('cms'), createTestDatabase('cms')]);
  await withClient(first.url, (client) => client.query(`INSERT INTO stores (id) VALUES ('s')`));
  const { rows } = await withClient(second.url, (client) => client.query('SELECT * FROM stores'));
  expect(rows).toEqual([]);
  await Promise.all([first.drop(), second.drop()]);
});

test('dropping disconnects clients, and can be repeated', async () => {
  const database = await createTestDatabase('catalog');
  await withClient(database.url, async (client) => {
    await database.drop();
    await expect(client.query('SELECT 1')).rejects.toThrow(/connection/);
  });
  await database.drop();
  await expect(withClient(database.url, () => Promise.resolve())).rejects.toThrow('does not exist');
});
