import { expect, test } from 'vitest';
import { limitItems } from './item-count.ts';

const limit = { max: 2, field: ['input', 'items'] };

test('accepts as many items as the limit', () => {
  expect(() => limitItems(['a', 'b'], limit)).not.toThrow();
});

test('rejects one item more, and names the limit and the field', () => {
  expect(() => limitItems(['a', 'b', 'c'], limit)).toThrow(
    expect.objectContaining({
      message: 'Too many items. The maximum is 2 per call.',
      extensions: { code: 'BAD_USER_INPUT', field: ['input', 'items'] },
    }),
  );
});
