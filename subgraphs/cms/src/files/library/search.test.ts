import { newId } from '@federated-media/subgraph-kit/ids';
import { expect, test } from 'vitest';
import { type TestLibrary, useTestLibrary } from './testing/library.ts';

let tests: TestLibrary;
useTestLibrary((opened) => {
  tests = opened;
});
const found = (storeId: string, search: string) => tests.namesOf(storeId, { search });

test('finds words and parts of words in all texts of a file, and requires all words', async () => {
  const texts = new Map([
    ['fr', 'Une plage déserte'],
    ['de', 'Straße am Meer'],
  ]);
  const details = {
    title: 'Low Tide',
    altText: 'A beach',
    texts,
    description: 'Before noon',
    tags: ['Holiday 26'],
  };
  await tests.add('words', { name: 'IMG_0042.jpg', details });
  await tests.add('words', { name: 'other.jpg' });
  const words = [
    'img_0042',
    'tide',
    'beach',
    'PLAGE',
    'deserte',
    'strasse',
    'noon',
    'holi',
    '26',
    'g_',
  ];
  for (const word of [...words, words.join(' ')]) {
    expect(await found('words', word), word).toEqual(['IMG_0042.jpg']);
  }
  expect(await found('words', 'jpg')).toEqual(['IMG_0042.jpg', 'other.jpg']);
  expect(await found('words', 'beach mountain')).toEqual([]);
  expect(await found('words', 'meerune')).toEqual([]);
});

test('finds a file by its title from when it is set until it is removed', async () => {
  const id = await tests.add('titles', { name: 'a' });
  const setTitle = (title: string | null) =>
    tests.store.pool.query('UPDATE media_files SET title = $2 WHERE id = $1', [id, title]);
  await setTitle('Low Tide');
  expect(await found('titles', 'low tide')).toEqual(['a']);
  await setTitle(null);
  expect(await found('titles', 'tide')).toEqual([]);
});

test('ignores case, accents and forms of a character, in texts and in words', async () => {
  const pairs = [
    ['Crème', 'CREME'],
    ['cafe\u0301', 'CAFÉ'],
    ['GROẞ', 'groß'],
    ['İstanbul', 'ISTANBUL'],
    ['ısı', 'isi'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['Ёлка', 'елка'],
    ['ＦＵＬＬ', 'full'],
    ['a½', '½'],
  ] as const;
  for (const [name] of pairs) await tests.add('folded', { name });
  for (const [name, search] of pairs) {
    expect(await found('folded', search), search).toEqual([name]);
    expect(await found('folded', name), name).toEqual([name]);
  }
});

test('ignores vowel marks of Arabic and Hebrew, and invisible characters', async () => {
  const pairs = [
    ['كِتَابٌ', 'كتاب'],
    ['كـتـاب جديد', 'كتاب جديد'],
    ['ٱلْقُرْءَان', 'ٱلقرءان'],
    ['שָׁלוֹם', 'שלום'],
    ['\uFB2Bל', 'של'],
    ['می\u200Cخواهم', 'میخواهم'],
    ['Zauber\u00ADberg', 'Zauberberg'],
    ['\u202Bmixed\u202C\u200F', 'mixed'],
    ['👩\u200D🎨\uFE0F', '👩🎨'],
  ] as const;
  const store = newId();
  // As they were stored before names had a normal form.
  for (const [name] of pairs) await tests.add(store, { name });
  for (const [name, search] of pairs) {
    expect(await found(store, search), search).toContain(name);
    expect(await found(store, name), name).toContain(name);
  }
  // Letters with a hamza are different letters.
  await tests.add(store, { name: 'سأل' });
  expect(await found(store, 'سال')).toEqual([]);
  expect(await found(store, '\u200B')).toHaveLength(pairs.length + 1);
});

test('no character of a search has a special meaning', async () => {
  for (const name of ['100%', '100', 'a_b', 'axb', 'a\\b', '％'])
    await tests.add('literal', { name });
  expect(await found('literal', '%')).toEqual(['100%', '％']);
  expect(await found('literal', '％')).toEqual(['100%', '％']);
  expect(await found('literal', '_')).toEqual(['a_b']);
  expect(await found('literal', '\\')).toEqual(['a\\b']);
  expect(await found('literal', "'; DROP TABLE media_files; --")).toEqual([]);
});

test('finds a file by its texts after any write to them, and changes nothing else of it', async () => {
  const { pool } = tests.store;
  const id = await tests.add('texts', { name: 'a' });
  const other = await tests.add('texts', { name: 'b' });
  const state = async () =>
    (await pool.query('SELECT version, updated_at FROM media_files WHERE id = $1', [id])).rows[0];
  const before = await state();
  const lacking = () => tests.namesOf('texts', { missingAltText: true });

  await pool.query("INSERT INTO media_texts VALUES ($1, 'fr', 'texts', 'Été')", [id]);
  expect(await found('texts', 'ete')).toEqual(['a']);
  expect(await lacking()).toEqual(['b']);
  await pool.query("UPDATE media_texts SET text = 'Hiver' WHERE media_id = $1", [id]);
  expect(await found('texts', 'ete')).toEqual([]);
  expect(await found('texts', 'hiver')).toEqual(['a']);
  await pool.query('UPDATE media_texts SET media_id = $2 WHERE media_id = $1', [id, other]);
  expect(await found('texts', 'hiver')).toEqual(['b']);
  expect(await lacking()).toEqual(['a']);
  await pool.query('DELETE FROM media_texts WHERE media_id = $1', [other]);
  expect(await found('texts', 'hiver')).toEqual([]);
  expect(await lacking()).toEqual(['a', 'b']);
  expect(await state()).toEqual(before);
});

test('finds what a change writes, and derived columns can’t be written', async () => {
  const id = await tests.add('changes', { name: 'a', details: { tags: ['old'] } });
  await tests.store.changes.change({
    storeId: 'changes',
    ids: [id],
    actor: 'someone',
    action: 'updated',
    decide: () => ({ tags: ['new'], texts: [{ locale: 'de', text: 'Hügel' }] }),
  });
  expect(await found('changes', 'hugel new')).toEqual(['a']);
  expect(await found('changes', 'old')).toEqual([]);
  await tests.store.pool.query(
    "UPDATE media_files SET search_text = 'x', has_alt_text = false, name_key = 'x' WHERE id = $1",
    [id],
  );
  expect(await found('changes', 'x')).toEqual([]);
  expect(await found('changes', 'hugel')).toEqual(['a']);
  expect(await tests.namesOf('changes', { missingAltText: true })).toEqual([]);
});

test('stores and finds a name that unfolds into many characters', async () => {
  const name = Array.from({ length: 250 }, (_none, index) =>
    String.fromCodePoint(index % 2 ? 0xfdfa : 0x4e00 + index),
  ).join('');
  await tests.add('long', { name });
  expect(await found('long', name.slice(0, 9))).toEqual([name]);
});

test('keeps the texts of connections that write to the same files concurrently', async () => {
  const { pool } = tests.store;
  const ids = await Promise.all(['a', 'b', 'c'].map((name) => tests.add('both', { name })));
  const write = (locale: string, files: readonly string[]) =>
    pool.query(
      "INSERT INTO media_texts SELECT id, $2, 'both', $2 || '-text' FROM unnest($1::uuid[]) id",
      [files, locale],
    );
  await Promise.all(
    ['de', 'fr', 'it', 'es'].map((locale, index) =>
      write(locale, index % 2 ? ids : ids.toReversed()),
    ),
  );
  expect(await found('both', 'de-text fr-text it-text es-text')).toEqual(['a', 'b', 'c']);
});
