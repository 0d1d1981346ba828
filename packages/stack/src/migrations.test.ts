import { randomUUID } from 'node:crypto';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest';
import { dropDatabase, withClient, withDatabase } from '@federated-media/migrations/databases';
import { diff, migrate, reset, status } from '@federated-media/migrations/migrate';
import { addMigration } from '@federated-media/migrations/folder';
import { isMigrated } from '@federated-media/migrations/is-migrated';
import { allSubgraphs, prismaFolderOf } from './subgraphs.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const schema = `
datasource db {
  provider = "postgresql"
}
model Shelf {
  id     String  @id
  room   String
  isMain Boolean @map("is_main")
  @@index([room])
  @@map("shelves")
}`;

const first = `
-- A semicolon; in a comment, in a 'string' and in a function is no end of a statement.
CREATE TABLE "shelves" ("id" TEXT NOT NULL CHECK (id <> ';'), "room" TEXT NOT NULL,
  "is_main" BOOLEAN NOT NULL, CONSTRAINT "shelves_pkey" PRIMARY KEY ("id"));
CREATE INDEX "shelves_room_idx" ON "shelves"("room");
CREATE UNIQUE INDEX "one_main" ON "shelves"("room") WHERE "is_main";
CREATE UNIQUE INDEX "room_twice" ON "shelves"("room", "id") NULLS NOT DISTINCT;
CREATE INDEX "shelves_with_room" ON "shelves"("id") INCLUDE ("room");
CREATE FUNCTION tidy() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; PERFORM 2; END $$;
INSERT INTO "shelves" VALUES ('a;b', 'hall', true);`;

let folder: string;
let url: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  url = withDatabase(inject('postgresUrl'), `migrations_${randomUUID()}`);
  await writeFile(join(folder, 'schema.prisma'), schema);
  await addSql('20260101000000_first', first);
});

afterEach(async () => {
  await dropDatabase(url);
  await rm(folder, { recursive: true });
});

test('creates the database and applies pending migrations once', async () => {
  expect(await migrate({ url, folder })).toEqual(['20260101000000_first']);
  expect(await migrate({ url, folder })).toEqual([]);
  expect(await rowsOf('SELECT id FROM shelves')).toEqual([{ id: 'a;b' }]);
});

test('a database is migrated when every migration was applied, and none failed', async () => {
  expect(await isMigrated({ url, folder })).toBe(false);
  await migrate({ url, folder });
  expect(await isMigrated({ url, folder })).toBe(true);
  await addSql('20260102000000_second', 'BEGIN; CREATE TABLE half (); COMMIT; SELECT nonsense;');
  expect(await isMigrated({ url, folder })).toBe(false);
  await expect(migrate({ url, folder })).rejects.toThrow('nonsense');
  await rm(join(folder, 'migrations/20260102000000_second'), { recursive: true });
  expect(await isMigrated({ url, folder })).toBe(false);
});

test('nothing keeps the process running', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout');
  const before = timers().length;
  await migrate({ url, folder });
  await status({ url, folder });
  expect(timers().length).toBeLessThanOrEqual(before);
});

test('concurrent calls apply each migration once', async () => {
  const applied = await Promise.all([migrate({ url, folder }), migrate({ url, folder })]);
  expect(applied.flat()).toEqual(['20260101000000_first']);
});

test('a failed migration changes nothing, reports the reason, and can be fixed and run again', async () => {
  await migrate({ url, folder });
  await addSql('20260102000000_second', 'CREATE TABLE half (); SELECT nonsense;');
  await expect(migrate({ url, folder })).rejects.toThrow(
    /^20260102000000_second: column "nonsense" does not exist/,
  );
  expect(await rowsOf(`SELECT to_regclass('half')::text AS half`)).toEqual([{ half: null }]);

  await addSql('20260102000000_second', 'CREATE TABLE half ();');
  expect(await migrate({ url, folder })).toEqual(['20260102000000_second']);
});

test('a migration that commits and then fails stays failed', async () => {
  await addSql('20260102000000_second', 'BEGIN; CREATE TABLE half (); COMMIT; SELECT nonsense;');
  await expect(migrate({ url, folder })).rejects.toThrow('nonsense');
  await addSql('20260102000000_second', 'CREATE TABLE half ();');
  await expect(migrate({ url, folder })).rejects.toThrow('failed migrations');
  expect((await status({ url, folder })).failed).toEqual(['20260102000000_second']);
});

test('indexes that Prisma cannot express are not a difference', async () => {
  expect(await diff({ url, folder })).toBeNull();
});

test('a generated migration removes the difference', async () => {
  await writeFile(
    join(folder, 'schema.prisma'),
    schema.replace('@@index([room])', 'depth Int @default(0)\n'),
  );
  const sql = await diff({ url, folder });
  expect(sql).toContain('ADD COLUMN     "depth" INTEGER NOT NULL DEFAULT 0');
  expect(sql).toContain('DROP INDEX "shelves_room_idx"');
  expect(sql).not.toMatch(/one_main|room_twice|shelves_with_room/);

  const path = await addMigration(folder, 'add_depth', sql ?? '');
  expect(basename(dirname(path))).toMatch(/^\d{14}_add_depth$/);
  expect(await readFile(path, 'utf8')).toBe(sql);
  expect(await diff({ url, folder })).toBeNull();
});

test('a migration name cannot be a path', async () => {
  await expect(addMigration(folder, '../../etc', 'SELECT 1')).rejects.toThrow('letters, digits');
});

test('the status lists pending, unknown and edited migrations', async () => {
  expect(await status({ url, folder })).toMatchObject({ pending: ['20260101000000_first'] });
  await migrate({ url, folder });
  await addSql('20260101000000_first', `${first}\n-- edited`);
  expect(await status({ url, folder })).toMatchObject({ edited: ['20260101000000_first'] });
  await cp(join(folder, 'migrations/20260101000000_first'), join(folder, 'migrations/2027_other'), {
    recursive: true,
  });
  await rm(join(folder, 'migrations/20260101000000_first'), { recursive: true });
  expect(await status({ url, folder })).toMatchObject({
    pending: ['2027_other'],
    unknown: ['20260101000000_first'],
  });
});

test('drift includes what only migrations define', async () => {
  await migrate({ url, folder });
  expect((await status({ url, folder })).drift).toEqual([]);
  await rowsOf(`DROP INDEX one_main; ALTER TABLE shelves ADD COLUMN extra INT;
    CREATE OR REPLACE FUNCTION tidy() RETURNS void LANGUAGE sql AS 'SELECT'`);
  const { drift } = await status({ url, folder });
  expect(drift).toHaveLength(4);
  expect(drift.join('\n')).toMatch(/^- index CREATE UNIQUE INDEX one_main/m);
  expect(drift.join('\n')).toMatch(/^\+ column shelves\.extra integer$/m);
  expect(drift.join('\n')).toMatch(/^- function .*tidy/m);
});

test('separate schemas of libraries are ignored', async () => {
  await migrate({ url, folder });
  await rowsOf(`CREATE SCHEMA queue;
    CREATE TABLE queue.jobs (id INT PRIMARY KEY);
    CREATE FUNCTION queue.wake() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER wake AFTER INSERT ON queue.jobs FOR EACH ROW EXECUTE FUNCTION queue.wake()`);
  expect((await status({ url, folder })).drift).toEqual([]);
  expect(await diff({ url, folder })).toBeNull();
});

test('resets the database despite open connections', async () => {
  await migrate({ url, folder });
  await rowsOf(`INSERT INTO shelves VALUES ('mine', 'hall', false)`);
  await withClient(url, async () => {
    expect(await reset({ url, folder })).toEqual(['20260101000000_first']);
  });
  expect(await rowsOf('SELECT id FROM shelves')).toEqual([{ id: 'a;b' }]);
});

test('does not reset in production', async () => {
  await migrate({ url, folder });
  await rowsOf(`INSERT INTO shelves VALUES ('mine', 'hall', false)`);
  vi.stubEnv('NODE_ENV', 'production');
  await expect(reset({ url, folder })).rejects.toThrow('NODE_ENV is production');
  vi.unstubAllEnvs();
  expect(await rowsOf('SELECT count(*)::int FROM shelves')).toEqual([{ count: 2 }]);
});

test.for(allSubgraphs.map(({ name }) => name))(
  'the migrations of %s match its schema.prisma',
  async (name) => {
    expect(await diff({ url, folder: prismaFolderOf(name) })).toBeNull();
  },
);

async function addSql(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, 'migrations', name), { recursive: true });
  await writeFile(join(folder, 'migrations', name, 'migration.sql'), sql);
}

function rowsOf(sql: string): Promise<unknown[]> {
  return withClient(url, async (client) => (await client.query(sql)).rows);
}
