import { expect, test } from 'vitest';
import { cursorOf, readPosition } from './keyset-cursor.ts';
import { encodeCursor } from './pagination.ts';

const id = '01890000-0000-7000-8000-000000000000';
const moment = '2026-01-01T00:00:00.123Z';

test('decodes a cursor to its position', () => {
  expect(readPosition(cursorOf({ createdAt: new Date(moment), id }))).toEqual({
    createdAt: moment,
    id,
  });
});

test.each([
  ['no id', [moment, 'x']],
  ['no moment', ['yesterday', id]],
  ['a moment of PostgreSQL’s alone', ['infinity', id]],
  ['another spelling of a moment', ['2026-01-01', id]],
  ['a year too early', ['0000-01-01T00:00:00.000Z', id]],
  ['a year too late', ['+275760-09-13T00:00:00.000Z', id]],
])('rejects a cursor with %s, with its field', (_what, parts) => {
  expect(() => readPosition(encodeCursor(parts), ['after'])).toThrow(
    expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT', field: ['after'] } }),
  );
});

test('rejects a cursor with too few parts', () => {
  expect(() => readPosition(encodeCursor([moment]))).toThrow('Invalid cursor');
});
