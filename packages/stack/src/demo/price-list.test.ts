import { expect, test } from 'vitest';

import { priceList } from './price-list.ts';

test('the table at the end points at every object, and at itself', () => {
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

test('brackets in a line do not end the text', () => {
  expect(priceList(['Lamp (small)']).bytes.toString('latin1')).toContain('(Lamp \\(small\\)) Tj');
});

test('it is not for everybody', () => {
  expect(priceList([]).details.visibility).toBe('PRIVATE');
});
