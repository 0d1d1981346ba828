import { expect, test } from 'vitest';
import { outcomeOf } from '../../../testing/inspect-bytes.ts';

/** A font with these tables, of four bytes each. */
function font(signature: string, tables = ['cmap', 'head', 'maxp']): Buffer {
  const header = Buffer.alloc(12);
  header.write(signature, 0, 'latin1');
  header.writeUInt16BE(tables.length, 4);
  const start = 12 + 16 * tables.length;
  const directory = tables.map((name, index) => {
    const entry = Buffer.alloc(16);
    entry.write(name, 0, 'latin1');
    entry.writeUInt32BE(start + 4 * index, 8);
    entry.writeUInt32BE(4, 12);
    return entry;
  });
  return Buffer.concat([header, ...directory, Buffer.alloc(4 * tables.length, 1)]);
}

function woff(tables = ['cmap', 'head']): Buffer {
  const header = Buffer.alloc(44);
  header.write('wOFF\0\x01\0\0', 0, 'latin1');
  header.writeUInt16BE(tables.length, 12);
  const start = 44 + 20 * tables.length;
  const directory = tables.map((name, index) => {
    const entry = Buffer.alloc(20);
    entry.write(name, 0, 'latin1');
    entry.writeUInt32BE(start + 4 * index, 4);
    entry.writeUInt32BE(4, 8);
    return entry;
  });
  return Buffer.concat([header, ...directory, Buffer.alloc(4 * tables.length, 1)]);
}

function woff2(): Buffer {
  const header = Buffer.alloc(48);
  header.write('wOF2\0\x01\0\0', 0, 'latin1');
  header.writeUInt32BE(148, 8);
  header.writeUInt32BE(90, 20);
  return Buffer.concat([header, Buffer.alloc(100, 1)]);
}

const TRUE_TYPE = '\0\x01\0\0\0';

test.for([
  ['ttf', font(TRUE_TYPE)],
  ['otf', font('OTTO\0')],
  ['woff', woff()],
  ['woff2', woff2()],
] as const)('%s with all tables', async ([extension, bytes]) => {
  expect(await outcomeOf(bytes, `a.${extension}`)).toBe(extension);
  expect(await outcomeOf(bytes, 'a.pdf')).toBe('TYPE_MISMATCH');
  for (let end = 12; end < bytes.length - 10; end += 5)
    expect(await outcomeOf(bytes.subarray(0, end)), `${end}`).toBe('CORRUPT_FILE');
});

test('an OpenType font with TrueType outlines may have either extension', async () => {
  expect(await outcomeOf(font(TRUE_TYPE), 'a.otf', { declaredMimeType: 'font/otf' })).toBe('ttf');
});

test('rejects fonts without characters, tables or with too many', async () => {
  for (const bytes of [font(TRUE_TYPE, ['head']), woff(['cmap']), woff([])])
    expect(await outcomeOf(bytes)).toBe('CORRUPT_FILE');
  const many = woff(Array.from({ length: 600 }, () => 'cmap'));
  expect(await outcomeOf(many)).toBe('CORRUPT_FILE');
});
