import { expect, test } from 'vitest';
import { cursorOf, readPosition } from './keyset-cursor.ts';
import { encodeCursor } from './pagination.ts';

const id = '01890000-0000-7000-8000-000000000000';
const moment = '2026-01-01T00:00:00.123Z';

test('a cursor comes back as the position it was made of', () => {
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
])('a cursor with %s is refused, and says where it was given', (_what, parts) => {
  expect(() => readPosition(encodeCursor(parts), ['after'])).toThrow(
    expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT', field: ['after'] } }),
  );
});

test('a cursor of too few parts is refused', () => {
  expect(() => readPosition(encodeCursor([moment]))).toThrow('Invalid cursor');
});
