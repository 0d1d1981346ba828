import { expect, test } from 'vitest';
import { pdf } from '../../testing/documents.ts';
import { windowOn } from '../../testing/window.ts';
import { inspectPdf } from './pdf.ts';

const inspect = (bytes: Buffer) => inspectPdf(windowOn(bytes), bytes.length);
const CORRUPT = { refused: { code: 'CORRUPT_FILE' } };

test.for([
  ['half of it', pdf().subarray(0, pdf().length / 2)],
  ['all but the end marker', pdf().subarray(0, -6)],
  ['a header alone', Buffer.from('%PDF-1.7\n')],
  ['an end behind a long tail', Buffer.concat([pdf(), Buffer.alloc(4096)])],
  ['a table beyond the end', Buffer.from('%PDF-1.4\nstartxref\n900\n%%EOF\n')],
  ['a version of letters', Buffer.from(pdf().toString().replace('1.4', 'x.y'))],
] as const)('%s is corrupt', ([, bytes]) => {
  expect(inspect(bytes)).toMatchObject(CORRUPT);
});

test('a complete one is found, with nothing to measure', () => {
  const nothing = { width: null, height: null, durationSeconds: null, thumbHash: null };
  expect(inspect(pdf())).toEqual({ found: nothing });
  expect(inspect(Buffer.concat([pdf(), Buffer.from('\r\n\0')]))).toEqual({ found: nothing });
});

test('one that was appended to is judged by its last trailer', () => {
  const [original, update] = [pdf(), Buffer.from('4 0 obj\nstartxref\n')];
  expect(inspect(Buffer.concat([original, update, Buffer.from('9\n%%EOF\n')]))).toHaveProperty(
    'found',
  );
  expect(inspect(Buffer.concat([original, update, Buffer.from('99999\n%%EOF\n')]))).toMatchObject(
    CORRUPT,
  );
});
