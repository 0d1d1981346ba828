import { expect, test } from 'vitest';

import { priceList } from './price-list.ts';

test('the cross-reference table has the offset of each object and its own', () => {
  const { bytes } = priceList(['Lamp (small)', 'Back\\slash']);
  const text = bytes.toString('latin1');

  expect(text.startsWith('%PDF-1.4\n')).toBe(true);
  const offsets = [...text.matchAll(/^(\d{10}) 00000 n /gm)].map(([, offset]) => Number(offset));
  expect(offsets).toHaveLength(5);
  for (const [index, offset] of offsets.entries()) {
    expect(text.slice(offset)).toMatch(new RegExp(`^${index + 1} 0 obj\n`));
  }
  const start = Number(/startxref\n(\d+)/.exec(text)?.[1]);
  expect(text.slice(start)).toMatch(/^xref\n/);
});

test('parentheses in a line are escaped', () => {
  expect(priceList(['Lamp (small)']).bytes.toString('latin1')).toContain('(Lamp \\(small\\)) Tj');
});

test('the file is private', () => {
  expect(priceList([]).details.visibility).toBe('PRIVATE');
});
