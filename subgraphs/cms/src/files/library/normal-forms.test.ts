import { repeatMigration } from '@federated-media/stack/testing/repeat-migration';
import { expect, test } from 'vitest';
import { readFolder, readTags } from '../media-file/text.ts';
import { type TestLibrary, callerOf, useTestLibrary } from './testing/library.ts';

let tests: TestLibrary;
useTestLibrary((opened) => {
  tests = opened;
});

const migrate = () =>
  repeatMigration(tests.store.pool, { subgraph: 'cms', name: '20261129100000_normal_forms' });

const rowOf = async (id: string) => {
  const { rows } = await tests.store.pool.query(
    `SELECT original_filename, title, alt_text, description, folder, tags, name_key, search_text, version, updated_at
     FROM media_files WHERE id = $1`,
    [id],
  );
  return rows[0];
};

test('texts that exist get their normal form, and the search finds them', async () => {
  const id = await tests.add('old', {
    name: 'e\u0301te\u0301\u200B.jpg',
    details: {
      title: 'Cafe\u0301\u200C',
      altText: 'e\u0301',
      description: 'Zauber\u00ADberg e\u0301',
      folder: 'brand\u200B/ca\u00ADfe\u0301/\u200B',
      tags: ['e\u0301', 'sea\u200E', '\u00E9', '❤️', '\u200B'],
      texts: new Map([['de', 'Me\u0301er']]),
    },
  });
  const before = await rowOf(id);
  await migrate();
  expect(await rowOf(id)).toEqual({
    original_filename: 'été.jpg',
    title: 'Café\u200C',
    alt_text: 'é',
    description: 'Zauber\u00ADberg é',
    folder: 'brand/café',
    tags: ['é', 'sea', '❤️'],
    name_key: 'ete.jpg',
    search_text: ['ete.jpg', 'cafe', 'e', 'meer', 'zauberberg e', 'e', 'sea', '❤'].join('\n'),
    version: before.version,
    updated_at: before.updated_at,
  });
  const { rows } = await tests.store.pool.query(
    'SELECT text FROM media_texts WHERE media_id = $1',
    [id],
  );
  expect(rows).toEqual([{ text: 'M\u00E9er' }]);
});

test('texts that would become invalid stay', async () => {
  const details = {
    title: '\u0958'.repeat(255),
    folder: 'a/.\u200B.',
    texts: new Map([['hi', '\u0958'.repeat(500)]]),
  };
  const id = await tests.add('stay', { name: '\u200B', details });
  await migrate();
  expect(await rowOf(id)).toMatchObject({
    original_filename: '\u200B',
    title: details.title,
    folder: details.folder,
  });
});

test('a folder and its tags are found in every spelling, and listed once', async () => {
  for (const spelling of ['caf\u00E9', 'cafe\u0301', 'ca\u200Bf\u00E9']) {
    const details = { folder: readFolder(`${spelling}/x`), tags: readTags([spelling]) };
    await tests.add('spelled', { name: `${spelling.length}`, details });
  }
  const all = ['4', '5', '5'];
  for (const spelling of ['caf\u00E9', 'cafe\u0301', '\u200Ecaf\u00E9']) {
    expect(await tests.namesOf('spelled', { folder: `${spelling}/x` })).toEqual(all);
    expect(await tests.namesOf('spelled', { folderTree: spelling })).toEqual(all);
    expect(await tests.namesOf('spelled', { tags: [spelling] })).toEqual(all);
    expect(await tests.namesOf('spelled', { search: spelling })).toEqual(all);
  }
  const folders = await tests.folders.list(callerOf('spelled'));
  expect(folders.map(({ path }) => path)).toEqual(['café', 'café/x']);
  await expect(tests.namesOf('spelled', { folder: '\u200B/' })).rejects.toThrow('blank');
});

test('the search ignores what Unicode lists as invisible', async () => {
  const invisible = /^\p{Default_Ignorable_Code_Point}$/u;
  const listed = Array.from({ length: 0x11_00_00 }, (_none, code) => code).filter((code) =>
    invisible.test(String.fromCodePoint(code)),
  );
  const { rows } = await tests.store.pool.query(
    "SELECT code FROM unnest($1::int[]) AS code WHERE media_fold(chr(code)) <> ''",
    [listed],
  );
  expect(listed.length).toBeGreaterThan(4_000);
  expect(rows).toEqual([]);
});
