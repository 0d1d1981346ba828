import { expect, onTestFinished, test } from 'vitest';
import { type TestLibrary, callerOf, useTestLibrary } from '../library/testing/library.ts';

let tests: TestLibrary;
useTestLibrary((opened) => {
  tests = opened;
});

test('folders are a tree with exact counts, including parents without files', async () => {
  for (const folder of ['general', 'a/b/c', 'a/b/c', 'a-b', 'Z/ä']) {
    await tests.add('ours', { details: { folder } });
  }
  await tests.add('ours', { details: { folder: 'gone' }, columns: { trashed_at: new Date() } });
  await tests.add('theirs', { details: { folder: 'their own' } });
  tests.store.statements.length = 0;
  expect(await tests.folders.list(callerOf('ours'))).toEqual([
    { path: 'Z', name: 'Z', parentPath: null, mediaCount: 0 },
    { path: 'Z/ä', name: 'ä', parentPath: 'Z', mediaCount: 1 },
    { path: 'a', name: 'a', parentPath: null, mediaCount: 0 },
    { path: 'a-b', name: 'a-b', parentPath: null, mediaCount: 1 },
    { path: 'a/b', name: 'b', parentPath: 'a', mediaCount: 0 },
    { path: 'a/b/c', name: 'c', parentPath: 'a/b', mediaCount: 2 },
    { path: 'general', name: 'general', parentPath: null, mediaCount: 1 },
  ]);
  expect(tests.store.statements).toHaveLength(1);
});

test('a store without files has no folders', async () => {
  expect(await tests.folders.list(callerOf('nobody'))).toEqual([]);
});

const editor = callerOf('edited');
const pathsOf = async () =>
  (await tests.folders.list(editor)).map(({ path, mediaCount }) => `${path} ${mediaCount}`);
const folderOf = async (id: string) => (await tests.store.files.findFiles('edited', [id]))[0];

test('a created folder exists without files, and is deleted when it is empty', async () => {
  const created = await tests.folders.create(editor, { path: ' /season//Summer ' });
  expect(created).toEqual({
    folder: { path: 'season/Summer', name: 'Summer', parentPath: 'season', mediaCount: 0 },
    userErrors: [],
  });
  expect(await pathsOf()).toEqual(['season 0', 'season/Summer 0']);
  for (const path of ['season/Summer', 'season']) {
    expect(await tests.folders.create(editor, { path })).toMatchObject({
      folder: null,
      userErrors: [{ code: 'CONFLICT', field: ['input', 'path'] }],
    });
  }
  const id = await tests.add('edited', { details: { folder: 'season/Summer' } });
  for (const path of ['season/Summer', 'season']) {
    expect(await tests.folders.delete(editor, { path })).toMatchObject({
      deletedPath: null,
      userErrors: [{ code: 'CONFLICT', field: ['input', 'path'] }],
    });
  }
  await tests.store.pool.query('UPDATE media_files SET trashed_at = now() WHERE id = $1', [id]);
  expect(await tests.folders.delete(editor, { path: 'season/Summer' })).toEqual({
    deletedPath: 'season/Summer',
    userErrors: [],
  });
  expect(await pathsOf()).toEqual([]);
  expect(await tests.folders.delete(editor, { path: 'season/Summer' })).toMatchObject({
    userErrors: [{ code: 'NOT_FOUND' }],
  });
  await tests.store.pool.query('UPDATE media_files SET trashed_at = NULL WHERE id = $1', [id]);
  expect(await pathsOf()).toEqual(['season 0', 'season/Summer 1']);
  await tests.store.pool.query('DELETE FROM media_files WHERE id = $1', [id]);
});

test('a folder moves with everything in it and below it, the trash included', async () => {
  const add = (folder: string) => tests.add('edited', { details: { folder } });
  const [inside, under, beside, trashed] = await Promise.all(
    ['old_%', 'old_%/a/b', 'old_%x', 'old_%/gone'].map(add),
  );
  const theirs = await tests.add('theirs', { details: { folder: 'old_%' } });
  await tests.store.pool.query('UPDATE media_files SET trashed_at = now() WHERE id = $1', [
    trashed,
  ]);
  await tests.folders.create(editor, { path: 'old_%/empty' });
  const renamed = await tests.folders.rename(editor, { path: 'old_%', newPath: 'new/ö' });
  expect(renamed).toEqual({
    folder: { path: 'new/ö', name: 'ö', parentPath: 'new', mediaCount: 1 },
    userErrors: [],
  });
  expect(await pathsOf()).toEqual([
    'new 0',
    'new/ö 1',
    'new/ö/a 0',
    'new/ö/a/b 1',
    'new/ö/empty 0',
    'old_%x 1',
  ]);
  expect(await folderOf(inside!)).toMatchObject({ folder: 'new/ö', version: 2 });
  expect(await folderOf(under!)).toMatchObject({ folder: 'new/ö/a/b', version: 2 });
  expect(await folderOf(trashed!)).toMatchObject({ folder: 'new/ö/gone', version: 2 });
  expect(await folderOf(beside!)).toMatchObject({ folder: 'old_%x', version: 1 });
  expect((await tests.store.files.findFiles('theirs', [theirs]))[0]).toMatchObject({
    folder: 'old_%',
  });
  const { rows } = await tests.store.pool.query(
    `SELECT actor, action, changes FROM audit_entries WHERE media_id = $1 ORDER BY at DESC, id DESC LIMIT 1`,
    [under],
  );
  expect(rows).toEqual([
    {
      actor: 'someone',
      action: 'updated',
      changes: [{ field: 'folder', before: 'old_%/a/b', after: 'new/ö/a/b' }],
    },
  ]);
});

test('a folder is not moved to a path that exists, is inside it or does not fit', async () => {
  await tests.folders.create(editor, { path: `from/${'x'.repeat(80)}/y` });
  await tests.folders.create(editor, { path: 'to/below' });
  for (const [path, newPath, code, field] of [
    ['from', 'to', 'INVALID', 'newPath'],
    ['from', 'from', 'INVALID', 'newPath'],
    ['from', 'from/inside', 'INVALID', 'newPath'],
    ['from', 'y'.repeat(40), 'INVALID', 'newPath'],
    ['from', 'a/b/c/d/e/f/g/h/i', 'INVALID', 'newPath'],
    ['from', '../up', 'INVALID', 'newPath'],
    ['unknown', 'free', 'NOT_FOUND', 'path'],
  ] as const) {
    expect(await tests.folders.rename(editor, { path, newPath }), newPath).toMatchObject({
      folder: null,
      userErrors: [{ code, field: ['input', field] }],
    });
  }
});

test('several renames at once move each file to one folder', async () => {
  const ids = await Promise.all(
    Array.from({ length: 20 }, () => tests.add('edited', { details: { folder: 'start' } })),
  );
  const outcomes = await Promise.all(
    ['one', 'two', 'three'].map((newPath) =>
      tests.folders.rename(editor, { path: 'start', newPath }),
    ),
  );
  expect(outcomes.filter(({ folder }) => folder !== null)).toHaveLength(1);
  const found = await tests.store.files.findFiles('edited', ids);
  expect(new Set(found.map(({ folder }) => folder)).size).toBe(1);
  expect(found.every(({ version }) => version === 2)).toBe(true);
});

test('a file that arrives while its folder is renamed moves, too', async () => {
  const first = await tests.add('edited', { details: { folder: 'busy' } });
  const blocker = await tests.store.pool.connect();
  onTestFinished(() => blocker.release());
  await blocker.query('BEGIN');
  await blocker.query('SELECT FROM media_files WHERE id = $1 FOR UPDATE', [first]);
  const renaming = tests.folders.rename(editor, { path: 'busy', newPath: 'calm' });
  const isWaiting = async () => {
    const { rows } = await tests.store.pool.query(
      `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
    );
    return rows.length > 0;
  };
  await expect.poll(isWaiting).toBe(true);
  const second = await tests.add('edited', { details: { folder: 'busy' } });
  await blocker.query('COMMIT');
  expect(await renaming).toMatchObject({ folder: { path: 'calm', mediaCount: 2 } });
  const found = await tests.store.files.findFiles('edited', [first, second]);
  expect(found.map(({ folder }) => folder)).toEqual(['calm', 'calm']);
});

test('of a renamed and a created folder with the same path there is one', async () => {
  for (let round = 0; round < 10; round += 1) {
    const [path, newPath] = [`from-${round}`, `same-${round}`];
    await tests.folders.create(editor, { path });
    const [renamed, created] = await Promise.all([
      tests.folders.rename(editor, { path, newPath }),
      tests.folders.create(editor, { path: newPath }),
    ]);
    const outcomes = [renamed, created].map(({ folder }) => folder?.path ?? null);
    expect(new Set(outcomes)).toEqual(new Set([newPath, null]));
  }
});
