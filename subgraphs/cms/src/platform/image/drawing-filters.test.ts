import { expect, test } from 'vitest';
import { MIN_FILTERED_PIXELS, mostFilteredPixels } from './drawing-filters.ts';

const BLUR = '<feGaussianBlur stdDeviation="5"/>';
const drawing = (content: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">${content}</svg>`;
const blurred = (count: number, attributes = '') =>
  drawing(`<filter id="f" ${attributes}>${BLUR.repeat(count)}</filter><g filter="url(#f)"/>`);

test.each([
  ['no filter', drawing('<rect fill="url(#f)"/>')],
  ['a filter that is not used', drawing(`<filter id="f">${BLUR}</filter>`)],
])('a drawing with %s may have any size', (_what, svg) => {
  expect(mostFilteredPixels(svg)).toBe(Infinity);
});

test('the more primitives, the fewer pixels, down to those of the verification', () => {
  const [one, four, many] = [1, 4, 1000].map((count) => mostFilteredPixels(blurred(count)));
  expect(one).toBeCloseTo(5e9 / 440);
  expect(four).toBeCloseTo(5e9 / 1640);
  expect(many).toBe(MIN_FILTERED_PIXELS);
});

test('a small region in user space costs less', () => {
  const attributes = 'filterUnits="userSpaceOnUse" x="5" y="5" width="20" height="10"';
  expect(mostFilteredPixels(blurred(100, attributes))).toBeCloseTo(5e9 / (40 + 0.02 * 40_000));
  expect(mostFilteredPixels(blurred(100, attributes.replace('20', '20%')))).toBe(
    MIN_FILTERED_PIXELS,
  );
});

test.each([
  `<g filter="url(#f)"/><g style="filter:url('#f')"/>`,
  '<g style="filter:url(&quot;#f&quot;)"/><g filter="url(#f)"/>',
])('counts each reference: %s', (content) => {
  const svg = drawing(`<filter id="f">${BLUR}</filter>${content}`);
  expect(mostFilteredPixels(svg)).toBeCloseTo(5e9 / 880);
});

test('counts the functions of CSS', () => {
  const svg = drawing('<g style="filter:blur(3px) drop-shadow(0 0 3px red)"/>');
  expect(mostFilteredPixels(svg)).toBe(6_250_000);
});

test('reads long documents in linear time', () => {
  const long = [
    `<filter id="f"/>`.repeat(300_000),
    'url(#f'.repeat(500_000),
    `<g style="${'a'.repeat(4_000_000)}"/>`,
  ];
  for (const content of long) mostFilteredPixels(drawing(`${BLUR}${content}`));
}, 20_000);
