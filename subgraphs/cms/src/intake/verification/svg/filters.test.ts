import { expect, test } from 'vitest';
import { useVerifier } from '../../../testing/verification.ts';

const { verify } = useVerifier();

const TOO_LONG = {
  refused: { code: 'CORRUPT_FILE', message: expect.stringContaining('filters that take too long') },
};
const BLUR = '<feGaussianBlur stdDeviation="5"/>';
const SQUARE = '<rect id="r" width="1000" height="1000" filter="url(#f)"/>';

const drawing = (content: string) =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 1000" width="1000" height="1000">${content}</svg>`,
  );
const filter = (primitives: string, attributes = '') =>
  `<filter id="f" ${attributes}>${primitives}</filter>`;
const verifyDrawing = (content: string) => verify(drawing(content), 'drawing.svg', 'image/svg+xml');

test.each([
  ['many primitives', filter(BLUR.repeat(200)) + SQUARE],
  ['many elements with a filter', filter(BLUR) + SQUARE.repeat(200)],
  ['a filter that <use> repeats', filter(BLUR) + SQUARE + '<use href="#r"/>'.repeat(200)],
  [
    'a filter for a class',
    `<style>.a{filter:url(#f)}</style>${filter(BLUR)}${'<rect class="a" width="9" height="9"/>'.repeat(200)}`,
  ],
  ['a wide kernel', filter('<feMorphology operator="dilate" radius="50"/>'.repeat(5)) + SQUARE],
  [
    'turbulence',
    filter('<feTurbulence baseFrequency="0.05" numOctaves="99"/>'.repeat(40)) + SQUARE,
  ],
  [
    'functions in an attribute',
    `<rect width="9" height="9" filter="${'blur(5px) '.repeat(200)}"/>`,
  ],
  [
    'functions in a style',
    `<rect width="9" height="9" style="filter:${'blur(5px) '.repeat(200)}"/>`,
  ],
  [
    'functions in a stylesheet',
    `<style>@media all { g > .a , b { filter: blur(5px) } }</style>${'<rect class="a" width="9" height="9"/>'.repeat(200)}`,
  ],
])('rejects %s before rendering', async (_what, content) => {
  expect(await verifyDrawing(content)).toMatchObject(TOO_LONG);
});

test('counts the filters of an embedded drawing as often as it is shown', async () => {
  const embedded = drawing(filter(BLUR.repeat(5)) + SQUARE).toString('base64');
  const shown = (count: number) =>
    `<image width="9" height="9" href="data:image/svg+xml;base64,${embedded}"/>`.repeat(count);
  expect(await verifyDrawing(shown(2))).toHaveProperty('verified');
  expect(await verifyDrawing(shown(20))).toMatchObject({ refused: { code: 'CORRUPT_FILE' } });
});

/** As design programs write a shadow. */
const shadow = (index: number, attributes: string) =>
  `<filter id="f${index}" ${attributes} color-interpolation-filters="sRGB">
    <feFlood flood-opacity="0" result="BackgroundImageFix"/>
    <feColorMatrix in="SourceAlpha" type="matrix" values="0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 127 0"/>
    <feOffset dy="4"/><feGaussianBlur stdDeviation="2"/><feComposite in2="hardAlpha" operator="out"/>
    <feColorMatrix type="matrix" values="0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0.25 0"/>
    <feBlend mode="normal" in2="BackgroundImageFix" result="e"/><feBlend in="SourceGraphic" in2="e"/>
  </filter><rect x="${index}" width="50" height="50" filter="url(#f${index})"/>`;

test.each([
  ['fifteen shadows without a stated region', 15, ''],
  [
    'a page with three hundred small shadows',
    300,
    'filterUnits="userSpaceOnUse" x="0" y="0" width="200" height="200"',
  ],
])('accepts %s', async (_what, count, attributes) => {
  const shadows = Array.from({ length: count }, (_, index) => shadow(index, attributes));
  expect(await verifyDrawing(shadows.join(''))).toHaveProperty('verified');
});

test('accepts many elements with a class, of which few have a filter', async () => {
  const content = `<style>.a{fill:red} .b{filter:drop-shadow(0 0 3px black)}</style>
    ${'<rect class="a" width="9" height="9"/>'.repeat(1000)}${'<rect class="b" width="9" height="9"/>'.repeat(10)}`;
  expect(await verifyDrawing(content)).toHaveProperty('verified');
});
