import { expect, test } from 'vitest';
import { parseRange } from './byte-range.ts';

test.for([
  undefined,
  '',
  'bytes',
  'bytes=',
  'bytes=-',
  'bytes=a-b',
  'bytes=5-2',
  'bytes=1-2,4-5',
  'bytes=0-0,-1',
  'bytes=--5',
  'bytes=1.5-3',
  'bytes=0x1-3',
  'bytes 0-3',
  'lines=0-3',
  ' bytes=0-3',
])('%j requests all bytes', (header) => {
  expect(parseRange(header, 10)).toBeNull();
});

test.for(['bytes=10-', 'bytes=10-20', 'bytes=99999999999999999999-', 'bytes=-0'])(
  '%j cannot be satisfied for ten bytes',
  (header) => {
    expect(parseRange(header, 10)).toBe('unsatisfiable');
  },
);

test.for([
  ['bytes=0-', 0, 9],
  ['bytes=0-0', 0, 0],
  ['bytes=9-9', 9, 9],
  ['bytes=3-5', 3, 5],
  ['bytes=3-99999999999999999999', 3, 9],
  ['bytes=-1', 9, 9],
  ['bytes=-10', 0, 9],
  ['bytes=-99', 0, 9],
  ['BYTES=1-2', 1, 2],
] as const)('%j of ten bytes is %j to %j', ([header, start, end]) => {
  expect(parseRange(header, 10)).toEqual({ start, end });
});
