import { expect, test } from 'vitest';
import { pdf } from '../../testing/documents.ts';
import { windowOn } from '../../testing/window.ts';
import { inspectPdf } from './pdf.ts';

const inspect = (bytes: Buffer) => inspectPdf(windowOn(bytes), bytes.length);
const CORRUPT = { refused: { code: 'CORRUPT_FILE' } };

test.for([
  ['half of it', pdf().subarray(0, pdf().length / 2)],
  ['all but the end marker', pdf().subarray(0, -6)],
  ['only a header', Buffer.from('%PDF-1.7\n')],
  ['an end marker too far before the end', Buffer.concat([pdf(), Buffer.alloc(4096)])],
  ['a table position beyond the end', Buffer.from('%PDF-1.4\nstartxref\n900\n%%EOF\n')],
  ['a version with letters', Buffer.from(pdf().toString().replace('1.4', 'x.y'))],
] as const)('rejects %s', ([, bytes]) => {
  expect(inspect(bytes)).toMatchObject(CORRUPT);
});

test('accepts a complete PDF, without dimensions', () => {
  const nothing = { width: null, height: null, durationSeconds: null, thumbHash: null };
  expect(inspect(pdf())).toEqual({ found: nothing });
  expect(inspect(Buffer.concat([pdf(), Buffer.from('\r\n\0')]))).toEqual({ found: nothing });
});

test('uses the last trailer of a PDF with appended changes', () => {
  const [original, update] = [pdf(), Buffer.from('4 0 obj\nstartxref\n')];
  expect(inspect(Buffer.concat([original, update, Buffer.from('9\n%%EOF\n')]))).toHaveProperty(
    'found',
  );
  expect(inspect(Buffer.concat([original, update, Buffer.from('99999\n%%EOF\n')]))).toMatchObject(
    CORRUPT,
  );
});
