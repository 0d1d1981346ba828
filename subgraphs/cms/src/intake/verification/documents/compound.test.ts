import { expect, test } from 'vitest';
import { compoundFile, record } from '../../../testing/compound-files.ts';
import { outcomeOf } from '../../../testing/inspect-bytes.ts';

const TEXT = Buffer.alloc(6000, 'text');
const START = record(0x0809, Buffer.alloc(16));
const END = record(0x0a, Buffer.alloc(0));
const sheet = (kind: number) => record(0x85, Buffer.from([0, 0, 0, 0, 0, kind, 1, 0, 65]));
const workbook = (...records: Buffer[]) => Buffer.concat([START, ...records, END]);
const slides = (hasMacros: number) =>
  Buffer.concat([
    Buffer.alloc(2_000_000, 1),
    Buffer.from([0x1f, 0, 0xff, 3, 20, 0, 0, 0, 2, 0, 0, 4, 12, 0, 0, 0, 9, 0, 0, 0, hasMacros]),
    Buffer.alloc(4000),
  ]);

test.for([
  ['doc', { WordDocument: TEXT }],
  ['xls', { Workbook: workbook(sheet(0), sheet(2)) }],
  ['xls', { Book: workbook(sheet(0)) }],
  ['ppt', { 'PowerPoint Document': slides(0).subarray(1_990_000) }],
] as const)('%s by the stream with its content', async ([extension, streams]) => {
  const bytes = compoundFile(streams);
  expect(await outcomeOf(bytes)).toBe(extension);
  expect(await outcomeOf(bytes, `a.${extension}`)).toBe(extension);
  expect(await outcomeOf(bytes, 'a.pdf')).toBe('TYPE_MISMATCH');
});

test.for([
  ['a project', compoundFile({ WordDocument: TEXT }, ['Macros'])],
  ['a project of Excel', compoundFile({ Workbook: workbook() }, ['_VBA_PROJECT_CUR'])],
  ['a sheet of Excel 4', compoundFile({ Workbook: workbook(sheet(0), sheet(1)) })],
  ['a password', compoundFile({ Workbook: workbook(record(0x2f, Buffer.alloc(6))) })],
  ['a password of slides', compoundFile({ 'PowerPoint Document': TEXT, EncryptedSummary: TEXT })],
] as const)('rejects %s, unless ACCEPT_MACROS is true', async ([, bytes]) => {
  expect(await outcomeOf(bytes)).toBe('UNSUPPORTED_TYPE');
  expect(await outcomeOf(bytes, '', { acceptsMacros: true })).toMatch(/^(?:doc|xls|ppt)$/);
});

test('finds a macro sheet after megabytes of other records, and wherever it is in a piece', async () => {
  const others = Buffer.concat(
    Array.from({ length: 80 }, () => record(0xfc, Buffer.alloc(65_000))),
  );
  const after = compoundFile({ Workbook: workbook(others, sheet(1)) });
  expect(await outcomeOf(after)).toBe('UNSUPPORTED_TYPE');
  expect(await outcomeOf(compoundFile({ Workbook: workbook(sheet(0), others) }))).toBe('xls');

  const pieceBytes = 2 ** 20;
  const before = Buffer.concat(
    Array.from({ length: 16 }, () => record(0xfc, Buffer.alloc(65_000))),
  );
  for (let end = pieceBytes - 16; end < pieceBytes + 2; end += 1) {
    const filler = record(0xfc, Buffer.alloc(end - START.length - before.length - 4));
    const bytes = compoundFile({ Workbook: workbook(before, filler, sheet(1)) });
    expect(await outcomeOf(bytes), `${end}`).toBe('UNSUPPORTED_TYPE');
  }
});

test('rejects a workbook whose list of sheets has no end', async () => {
  const bytes = compoundFile({ Workbook: Buffer.concat([START, sheet(0)]) });
  expect(await outcomeOf(bytes, 'a.xls')).toBe('UNSUPPORTED_TYPE');
  expect(await outcomeOf(bytes, 'a.xls', { acceptsMacros: true })).toBe('xls');
});

test('an encrypted document of any type is what its name says, if macros are accepted', async () => {
  const bytes = compoundFile({ EncryptionInfo: TEXT, EncryptedPackage: TEXT });
  expect(await outcomeOf(bytes, 'a.xlsx')).toBe('UNSUPPORTED_TYPE');
  expect(await outcomeOf(bytes, 'a.xlsx', { acceptsMacros: true })).toBe('xlsx');
  expect(await outcomeOf(bytes, 'a.zip', { acceptsMacros: true })).toBe('TYPE_MISMATCH');
});

test('finds the macros of slides wherever the record is', async () => {
  for (let before = 0; before < 40; before += 1) {
    const content = Buffer.concat([Buffer.alloc(before + 27_000), slides(1).subarray(2_000_000)]);
    const bytes = compoundFile({ 'PowerPoint Document': content });
    expect(await outcomeOf(bytes), `${before}`).toBe('UNSUPPORTED_TYPE');
  }
});

test('rejects other compound files', async () => {
  expect(await outcomeOf(compoundFile({ 'Property Store': TEXT }))).toBe('UNSUPPORTED_TYPE');
});

test('rejects a file that is cut anywhere', async () => {
  const bytes = compoundFile({ WordDocument: TEXT, '1Table': TEXT });
  for (let end = 512; end < bytes.length - 512; end += 1024) {
    const outcome = await outcomeOf(bytes.subarray(0, end), 'a.doc');
    expect(outcome, `${end} of ${bytes.length}`).toBe('CORRUPT_FILE');
  }
});

test('rejects chains without an end', async () => {
  const bytes = compoundFile({ WordDocument: TEXT });
  for (const sector of Array.from({ length: 13 }, (_, index) => index + 1)) {
    const circle = Buffer.from(bytes);
    circle.writeUInt32LE(sector, 512 + 4 * sector);
    expect(await outcomeOf(circle), `${sector}`).toMatch(/^(?:CORRUPT_FILE|doc)$/);
  }
  bytes.writeUInt32LE(0, 68);
  bytes.writeUInt32LE(0, 512 + 4 * 127);
  expect(await outcomeOf(bytes)).toBe('CORRUPT_FILE');
});
