import { describe, expect, test } from 'vitest';
import { cpuSecondsOf } from '../../testing/cpu-time.ts';
import { pdf } from '../../testing/documents.ts';
import { FILE_TYPES } from '../../files/file-types/file-types.ts';
import { inspectBytes, outcomeOf } from '../../testing/inspect-bytes.ts';
import { inspected } from '../../testing/inspected.ts';
import { found } from './inspection.ts';
import { inspectPdf } from './pdf.ts';

const inspect = (bytes: Buffer) => inspectPdf(inspected(FILE_TYPES.PDF, bytes));
const CORRUPT = { refused: { code: 'CORRUPT_FILE' } };
const text = pdf().toString('latin1');
const withText = (change: (text: string) => string) => Buffer.from(change(text), 'latin1');
const update = (content: string) => Buffer.concat([pdf(), Buffer.from(content)]);

test('rejects a PDF that is cut before its table ends', () => {
  for (let end = 5; end < text.indexOf('/Root'); end += 1)
    expect(inspect(pdf().subarray(0, end)), `${end}`).toMatchObject(CORRUPT);
});

test.for([
  ['only a header', Buffer.from('%PDF-1.7\n')],
  ['only both ends', Buffer.from('%PDF-1.4\nstartxref\n900\n%%EOF\n')],
  ['half of an update', update('4 0 obj\n<< /Length 9')],
  ['an update after its first object', update('4 0 obj\n<<>>\nendobj\n')],
  ['an end marker too far before the end', update(`4 0 obj${'a'.repeat(100_000)}`)],
  [
    'the first part of a linearized PDF',
    withText((whole) =>
      whole
        .replace('%PDF-1.4', '%PDF-1.4\n9 0 obj\n<</Linearized 1/L 90000>>\nendobj')
        .replace(/startxref\n\d+/, 'startxref\n0'),
    ),
  ],
] as const)('rejects %s', ([, bytes]) => {
  expect(inspect(bytes)).toMatchObject(CORRUPT);
});

test('accepts a complete PDF, without dimensions', () => {
  expect(inspect(pdf())).toEqual(found({}));
});

test.for([
  ['a line feed', '\n'],
  ['a byte order mark', '\uFEFF'],
  ['commands for a printer', '\x1b%-12345X@PJL JOB\r\n@PJL ENTER LANGUAGE=PDF\r\n'],
  ['an answer of a server', 'HTTP/1.1 200 OK\r\ncontent-type: application/pdf\r\n\r\n'],
  ['1,024 other bytes', '\x01'.repeat(1024)],
] as const)('accepts %s before the header', async ([, before]) => {
  const bytes = Buffer.concat([Buffer.from(before), pdf()]);
  expect(await outcomeOf(bytes, 'a.pdf')).toBe('pdf');
});

describe('a PDF after other bytes is not accepted', () => {
  test.for([
    ['more than 1,024 bytes', '\x01'.repeat(1025)],
    ['a page', '<!DOCTYPE html><script>alert(1)</script>\n'],
    ['a script', '#!/bin/sh\n'],
    ['a part of a line', 'a text about '],
  ] as const)('after %s', async ([, before]) => {
    const bytes = Buffer.concat([Buffer.from(before), pdf()]);
    expect(await inspectBytes(bytes, 'a.pdf')).toHaveProperty('refused');
  });
});

test.for([
  ['white space and zeros', Buffer.concat([pdf(), Buffer.from('\r\n \0')])],
  ['ten megabytes of zeros', Buffer.concat([pdf(), Buffer.alloc(10_000_000)])],
  ['a page of the server', update('<html>Thank you for downloading</html>')],
] as const)('accepts %s after the end marker', ([, bytes]) => {
  expect(inspect(bytes)).toEqual(found({}));
});

test.for([
  ['beyond the end', withText((whole) => whole.replace(/startxref\n\d+/, 'startxref\n99999'))],
  ['in an object', withText((whole) => whole.replace(/startxref\n\d+/, 'startxref\n12'))],
  ['missing', withText((whole) => whole.replace(/startxref\n\d+\n/, ''))],
  ['counted from the header', Buffer.concat([Buffer.from('junk\n'), pdf()])],
] as const)('accepts a position of the table that is %s', ([, bytes]) => {
  expect(inspect(bytes)).toEqual(found({}));
});

test('accepts a complete table without an end marker', () => {
  for (const length of [4, 6, 10]) expect(inspect(pdf().subarray(0, -length))).toEqual(found({}));
});

test.for(['%PDF-1.x', '%PDF-1.7.1', '%PDF-2.0', '%PDF-1.', '%PDF-1. 4'])(
  'accepts the header %s',
  (header) => {
    expect(inspect(withText((whole) => whole.replace('%PDF-1.4', header)))).toEqual(found({}));
  },
);

test('accepts updates', () => {
  const whole = '4 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n';
  expect(inspect(update(whole))).toEqual(found({}));
  expect(inspect(update(whole.replace('\n9\n', '\n99999\n')))).toEqual(found({}));
});

test('an end without a marker takes less than a second', async () => {
  const ends = ['a'.repeat(100_000), 'trailer '.repeat(10_000), '1 '.repeat(50_000)];
  for (const end of ends) {
    const bytes = Buffer.from(`%PDF-1.4\n${end}`);
    const seconds = await cpuSecondsOf(() => expect(inspect(bytes)).toMatchObject(CORRUPT));
    expect(seconds).toBeLessThan(1);
  }
});

test('a file of zeros after a header takes less than three seconds', async () => {
  const bytes = Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.alloc(140_000_000)]);
  const seconds = await cpuSecondsOf(() => expect(inspect(bytes)).toMatchObject(CORRUPT));
  expect(seconds).toBeLessThan(3);
});
