import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const read = (...path: string[]) => readFile(join(root, ...path), 'utf8');

test('every consumer has an exact copy of these tables', async () => {
  const statements = await Promise.all(
    ['tables.sql', 'labels.sql'].map((file) => read('packages/media-consumer/prisma', file)),
  );
  const models = await read('packages/media-consumer/prisma/tables.prisma');
  const consumers = [];
  for (const name of await readdir(join(root, 'subgraphs'))) {
    const { dependencies } = JSON.parse(await read('subgraphs', name, 'package.json'));
    if (!('@federated-media/media-consumer' in dependencies)) continue;
    consumers.push(name);
    const folder = join(root, 'prisma', name, 'migrations');
    const migrations = await Promise.all(
      (await readdir(folder, { recursive: true }))
        .filter((file) => file.endsWith('migration.sql'))
        .map((file) => readFile(join(folder, file), 'utf8')),
    );
    for (const copied of statements) {
      expect(migrations.filter((sql) => sql.includes(copied))).toHaveLength(1);
    }
    expect(await read('prisma', name, 'media-consumer.prisma')).toBe(models);
  }
  expect(consumers).not.toEqual([]);
});
