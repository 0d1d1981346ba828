import sharp from 'sharp';
import { expect, test } from 'vitest';
import { cpuSecondsOf } from '../../../testing/cpu-time.ts';
import { type SvgElement, parseSvg } from './document.ts';
import { purify } from './purify.ts';
import { settleSize } from './size.ts';

test.for<[string, string]>([
  ['width="30" height="20"', '30 × 20'],
  ['width=" 30. px " height=" .2e2 " viewBox=" 0 , 0 1. 1 "', '30 × 20'],
  ['width="30px" height="2e1PX"', '30 × 20'],
  ['width="1in" height="2.54cm"', '96 × 96'],
  ['width="210mm" height="297mm" viewBox="0 0 1 1"', '794 × 1123'],
  ['width="3pt" height="101.6q"', '4 × 96'],
  ['width="100%" height="50%" viewBox="0 0 24 12"', '24 × 12'],
  ['viewBox="-5,-5 24.4,12"', '24 × 12'],
  ['width="2em" viewBox="0 0 24 12"', '24 × 12'],
  ['width="48" viewBox="0 0 24 12"', '48 × 24'],
  ['height="48" viewBox="0 0 24 12"', '96 × 48'],
  ['', 'unknown'],
  ['width="10"', 'unknown'],
  ['width="0" height="0"', 'unknown'],
  ['width="-3" height="5"', 'unknown'],
  ['width="1e999" height="5"', 'unknown'],
  ['viewBox="0 0 0 5"', 'unknown'],
  ['viewBox="0 0 5"', 'unknown'],
])('the size of %s is %s', ([attributes, expected]) => {
  expect(sizeIn(parse(attributes))).toBe(expected);
});

test.for<[string, string]>([
  ['width="0.2" height="0.3"', 'width="67" height="100" viewBox="0 0 0.2 0.3"'],
  ['width="0.5" height="0.5"', 'width="100" height="100" viewBox="0 0 0.5 0.5"'],
  ['viewBox="0 0 0.1 0.1"', 'viewBox="0 0 0.1 0.1" width="100" height="100"'],
  ['viewBox="0 0 1.5 1"', 'viewBox="0 0 1.5 1" width="100" height="67"'],
  ['width="1000" height="0.5"', 'width="2000" height="1" viewBox="0 0 1000 0.5"'],
  ['width="1e-9" viewBox="5 5 1 1"', 'width="100" viewBox="5 5 1 1" height="100"'],
  ['width="4000000" height="1000000"', 'width="30000" height="7500" viewBox="0 0 4000000 1000000"'],
  ['viewBox="0 0 1e18 4"', 'viewBox="0 0 1e18 4" width="30000" height="1"'],
  [
    'width="1e300cm" height="1e300cm" viewBox="0 0 9 9"',
    'width="30000" height="30000" viewBox="0 0 9 9"',
  ],
])('%s becomes %s, with the same aspect ratio', ([attributes, expected]) => {
  const root = parse(attributes);
  const size = sizeIn(root);
  expect([...root.attributes].map(([name, value]) => `${name}="${value}"`).join(' ')).toBe(
    expected,
  );
  expect(sizeIn(root)).toBe(size);
});

test('a drawing in tiny units is drawn in larger ones', async () => {
  for (const unit of [1e-3, 1e-6, 1e-9]) {
    const root = parseSvg(
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-unit} 0 ${4 * unit} ${2 * unit}"><style>rect { fill: red }</style><rect x="${-unit}" width="${2 * unit}" height="${2 * unit}"/></svg>`,
    );
    expect(sizeIn(root)).toBe('100 × 50');
    const { data, info } = await sharp(Buffer.from(purify(root)))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const at = (x: number) => [...data.subarray((info.width * 25 + x) * 4).subarray(0, 4)];
    expect([at(1), at(48), at(52), at(98)]).toEqual([RED, RED, NOTHING, NOTHING]);
    expect(sizeIn(parseSvg(purify(root)))).toBe('100 × 50');
  }
});

test.for([
  ['digits', '1'.repeat(40_000)],
  ['spaces', `1${' '.repeat(40_000)}`],
])('reads a size of very many %s fast', async ([, length]) => {
  const root = parse(`width="${length}!" height="${length}!" viewBox="0 0 9 ${length}!"`);
  const seconds = await cpuSecondsOf(() => expect(sizeIn(root)).toBe('unknown'));
  expect(seconds).toBeLessThan(1);
});

const RED = [255, 0, 0, 255];
const NOTHING = [0, 0, 0, 0];

const parse = (attributes: string) =>
  parseSvg(`<svg xmlns="http://www.w3.org/2000/svg" ${attributes}/>`);

function sizeIn(root: SvgElement): string {
  const size = settleSize(root);
  return size ? `${size.width} × ${size.height}` : 'unknown';
}
