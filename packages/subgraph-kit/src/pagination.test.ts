import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor, readPageRequest, toConnection } from './pagination.ts';

test.each([
  [{ first: 0 }],
  [{ first: -1 }],
  [{ first: 101 }],
  [{ last: 101 }],
  [{ first: 1, last: 1 }],
  [{ first: 1, before: 'x' }],
  [{ after: 'x', last: 1 }],
])('rejects %j', (page) => {
  expect(() => readPageRequest(page)).toThrow(
    expect.objectContaining({ extensions: expect.objectContaining({ code: 'BAD_USER_INPUT' }) }),
  );
});

test('reads 24 rows without a size, and for null', () => {
  expect(readPageRequest({ first: null })).toEqual({
    limit: 24,
    direction: 'forward',
    cursor: null,
  });
  expect(readPageRequest({ before: 'c' })).toEqual({
    limit: 24,
    direction: 'backward',
    cursor: 'c',
  });
});

test('decodes a cursor to its parts', () => {
  expect(decodeCursor(encodeCursor(['2026', 'ä"']), 2)).toEqual(['2026', 'ä"']);
});

test.each([
  '',
  'x',
  'null',
  encodeCursor(['one']),
  `${encodeCursor(['a', 'b'])}=`,
  Buffer.from('[1,2]').toString('base64url'),
  Buffer.from('["a", "b"]').toString('base64url'),
])('rejects the cursor %j', (cursor) => {
  expect(() => decodeCursor(cursor, 2)).toThrow('Invalid cursor');
});

test('returns a page that was read backward in the usual order', async () => {
  const connection = toConnection({
    rows: [3, 2, 1],
    request: { limit: 2, direction: 'backward', cursor: 'c' },
    cursorOf: String,
    totalCount: async () => 9,
  });
  expect(connection.nodes).toEqual([2, 3]);
  expect(connection.pageInfo).toEqual({
    hasNextPage: true,
    hasPreviousPage: true,
    startCursor: '2',
    endCursor: '3',
  });
});

test('computes the cursors of edges only when they are read', () => {
  const computed: number[] = [];
  const { edges, pageInfo } = toConnection({
    rows: [1, 2, 3, 4],
    request: readPageRequest({ first: 3 }),
    cursorOf: (row) => String(computed.push(row)),
    totalCount: async () => 4,
  });
  expect(pageInfo).toMatchObject({ startCursor: '1', endCursor: '2' });
  expect(computed).toEqual([1, 3]);
  expect(edges[1]).toMatchObject({ node: 2, cursor: '3' });
});

test('an empty page has no cursors', () => {
  const { pageInfo } = toConnection({
    rows: [],
    request: readPageRequest({}),
    cursorOf: String,
    totalCount: async () => 0,
  });
  expect(pageInfo).toEqual({
    hasNextPage: false,
    hasPreviousPage: false,
    startCursor: null,
    endCursor: null,
  });
});
