import { expect, test } from 'vitest';
import { parseSvg } from './document.ts';
import { sizeOf } from './size.ts';

test.for<[string, string]>([
  ['width="30" height="20"', '30 × 20'],
  ['width="30px" height="2e1PX"', '30 × 20'],
  ['width="1in" height="2.54cm"', '96 × 96'],
  ['width="210mm" height="297mm" viewBox="0 0 1 1"', '794 × 1123'],
  ['width="3pt" height="101.6q"', '4 × 96'],
  ['width="100%" height="50%" viewBox="0 0 24 12"', '24 × 12'],
  ['viewBox="-5,-5 24.4,12"', '24 × 12'],
  ['width="2em" viewBox="0 0 24 12"', '24 × 12'],
  ['width="48" viewBox="0 0 24 12"', '48 × 24'],
  ['height="48" viewBox="0 0 24 12"', '96 × 48'],
  ['width="0.2" height="0.3"', '1 × 1'],
  ['', 'unknown'],
  ['width="10"', 'unknown'],
  ['width="0" height="0"', 'unknown'],
  ['width="-3" height="5"', 'unknown'],
  ['width="1e999" height="5"', 'unknown'],
  ['viewBox="0 0 0 5"', 'unknown'],
  ['viewBox="0 0 5"', 'unknown'],
])('the size of %s is %s', ([attributes, expected]) => {
  const size = sizeOf(parseSvg(`<svg xmlns="http://www.w3.org/2000/svg" ${attributes}/>`));
  expect(size ? `${size.width} × ${size.height}` : 'unknown').toBe(expected);
});
