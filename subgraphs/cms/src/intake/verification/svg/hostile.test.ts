import { expect, test } from 'vitest';
import { pngBomb } from '../../../testing/hostile.ts';
import { refusal, useVerifier } from '../../../testing/verification.ts';

const { verify } = useVerifier();

const svg = (content: string, attributes = 'viewBox="0 0 100 100"') =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${attributes}>${content}</svg>`,
  );
const levels = (count: number, level: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => level(index)).join('');
const base64 = (image: Buffer) => `data:image/png;base64,${image.toString('base64')}`;

const TOO_MUCH: Record<string, Buffer> = {
  'use in use': svg(
    `<path id="a0" d="M0 0h9v9"/>${levels(40, (i) => `<g id="a${i + 1}"><use href="#a${i}"/><use xlink:href="#a${i}"/></g>`)}`,
  ),
  'mutually nested use': svg(
    levels(20, (i) => `<g id="a${i}">${levels(20, (j) => `<use href="#a${j}"/>`)}</g>`),
  ),
  'patterns filled with patterns': svg(
    `<rect width="9" height="9" fill="url(#p20)"/>${levels(21, (i) => `<pattern id="p${i}" width="1" height="1">${`<rect width="1" height="1" fill="url(#p${i - 1})"/>`.repeat(4)}</pattern>`)}`,
  ),
  'patterns filled with patterns by a stylesheet': svg(
    `<style>${levels(21, (i) => `.p${i + 1}{fill:url( "\\23 p${i}" )}`)}</style><rect class="p20" width="9" height="9"/>${levels(21, (i) => `<pattern id="p${i}" width="1" height="1">${`<rect width="1" height="1" class="p${i}"/>`.repeat(4)}</pattern>`)}`,
  ),
  'patterns that are inherited': svg(
    `<g fill="url(#p20)"><rect width="9" height="9"/></g>${levels(21, (i) => `<g fill="url(#p${i - 1})"><pattern id="p${i}" width="1" height="1">${'<rect width="1" height="1"/>'.repeat(4)}</pattern></g>`)}`,
  ),
  'masks with masks': svg(
    `<rect width="9" height="9" mask="url(#m20)"/>${levels(21, (i) => `<mask id="m${i}">${`<rect width="1" height="1" style="mask:url(#m${i - 1})"/>`.repeat(4)}</mask>`)}`,
  ),
  'filters that reference filters': svg(
    `<g id="g20"/>${levels(21, (i) => `<filter id="f${i}">${`<feImage href="#g${i - 1}"/>`.repeat(4)}</filter><rect id="g${i}" width="1" height="1" filter="url(#f${i})"/>`)}`,
  ),
  'a large marker on many points': svg(
    `<marker id="m">${'<path d="M0 0h1"/>'.repeat(1000)}</marker><path marker-mid="url(#m)" d="${'M1 1'.repeat(1000)}"/>`,
  ),
  'many filters': svg(
    `<filter id="f"><feGaussianBlur stdDeviation="9"/></filter>${'<path filter="url(#f)" d="M0 0h9"/>'.repeat(9000)}`,
  ),
  'too many elements': svg('<g/>'.repeat(100_000)),
  'too deep nesting': svg(`${'<g>'.repeat(5000)}${'</g>'.repeat(5000)}`),
  'a long chain of references': svg(
    `<g id="a0"/>${levels(2000, (i) => `<use id="a${i + 1}" href="#a${i}"/>`)}<use href="#a2000"/>`,
  ),
  'a text of one very long line': svg(`<text>${'word '.repeat(50_000)}</text>`),
  'a stylesheet of many rules': svg(
    `<style>${'.a{fill:red}'.repeat(20_000)}</style>${'<path d="M0 0"/>'.repeat(20_000)}`,
  ),
  'use in use, with other spellings and with duplicate ids': svg(
    `<path id="a0" d="M0 0h9v9"/>${levels(40, (i) => `<g id="a${i + 1}"/><g id="a${i + 1}"><use href="#%61${i}"/><use href="#%61${i}"/></g>`)}`,
  ),
  'patterns in patterns by escaped classes': svg(
    `<style>${levels(21, (i) => `.\\70 ${i + 1}{fill:url(#p${i})}`)}</style><rect class="p20" width="9" height="9"/>${levels(21, (i) => `<pattern id="p${i}" width="1" height="1">${`<rect width="1" height="1" class="p${i}"/>`.repeat(4)}</pattern>`)}`,
  ),
  'an element with very many attributes': svg(`<g ${levels(100_000, (i) => `a${i}="" `)}/>`),
  'many elements with many attributes': svg(`<g ${levels(150, (i) => `a${i}="" `)}/>`.repeat(3000)),
  'a very long style': svg(`<g style="${'fill:url(#a);'.repeat(100_000)}"/>`),
  'a very long stylesheet': svg(`<style>${'a{b:c(1)}'.repeat(100_000)}</style>`),
  'entities in entities': Buffer.from(
    `<!DOCTYPE svg [<!ENTITY a "aaaa">${levels(20, (i) => `<!ENTITY a${i} "${'&a;'.repeat(10)}">`)}]><svg xmlns="http://www.w3.org/2000/svg">&a19;</svg>`,
  ),
  'an entity from a file': Buffer.from(
    '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg"><text>&x;</text></svg>',
  ),
  'a DOCTYPE with parameters': Buffer.from(
    '<!DOCTYPE svg [<!ENTITY % x SYSTEM "http://example.org/x.dtd"> %x;]><svg xmlns="http://www.w3.org/2000/svg"/>',
  ),
};

test.for(Object.keys(TOO_MUCH))('rejects %s before rendering', async (what) => {
  expect(await verify(TOO_MUCH[what]!, 'a.svg')).toEqual(refusal('CORRUPT_FILE'));
});

test.for([
  'width="100000" height="100000"',
  'viewBox="0 0 1e9 1e9"',
  'width="9e99km" height="1m" viewBox="0 0 1e18 4"',
])('rejects a size of %s', async (size) => {
  const bytes = svg('<rect width="9" height="9"/>', size);
  expect(await verify(bytes, 'a.svg')).toEqual(refusal('IMAGE_TOO_LARGE'));
});

test('limits the pixels of an embedded image, and counts it once', async () => {
  const bomb = base64(pngBomb({ width: 20_000, height: 20_000 }));
  const bytes = svg(`<image width="9" height="9" href="${bomb}"/>`);
  expect(await verify(bytes, 'a.svg')).toEqual(refusal('IMAGE_TOO_LARGE'));
  const half = base64(pngBomb({ width: 1000, height: 600 }));
  const other = base64(pngBomb({ width: 600, height: 1000 }));
  const image = (href: string) => `<image width="9" height="9" href="${href}"/>`;
  expect(await verify(svg(image(half) + image(half)), 'a.svg')).toHaveProperty('verified');
  expect(await verify(svg(image(half) + image(other)), 'a.svg')).toEqual(
    refusal('IMAGE_TOO_LARGE'),
  );
});

test('rejects a large image that is rendered a thousand times', async () => {
  const href = base64(pngBomb({ width: 1000, height: 1000 }));
  const uses = (count: number) =>
    svg(`<image id="i" width="9" height="9" href="${href}"/>${'<use href="#i"/>'.repeat(count)}`);
  expect(await verify(uses(10), 'a.svg')).toHaveProperty('verified');
  expect(await verify(uses(9000), 'a.svg')).toEqual(refusal('CORRUPT_FILE'));
});

test('rejects more than five megabytes as an SVG', async () => {
  const bytes = svg(`<path d="${'M1 1'.repeat(1_300_000)}"/>`);
  expect(await verify(bytes, 'a.svg')).toEqual(refusal('FILE_TOO_LARGE'));
});

const BOUNDED: Record<string, Buffer> = {
  'a filter on a giant region': svg(
    '<filter id="f" x="-1e6" y="-1e6" width="1e9" height="1e9"><feTurbulence numOctaves="1000000000"/><feMorphology radius="1e9" operator="dilate"/><feGaussianBlur stdDeviation="1e9"/></filter><rect width="9" height="9" filter="url(#f)"/>',
  ),
  'a pattern of tiny tiles': svg(
    '<pattern id="p" width="1e-7" height="1e-7" patternUnits="userSpaceOnUse"><rect width="1" height="1"/></pattern><rect fill="url(#p)" width="99" height="99"/>',
  ),
  'use of an ancestor': svg(
    '<g id="a"><rect width="9" height="9"/><use href="#a"/></g><g id="b"><use href="#c"/></g><g id="c"><use href="#b"/></g>',
  ),
  'many gradients by a stylesheet': svg(
    `<style>${levels(50, (i) => `.g${i}{fill:url(#g${i})}`)}</style>${levels(50, (i) => `<linearGradient id="g${i}"><stop stop-color="red"/></linearGradient>`)}${levels(5000, (i) => `<path class="g${i % 50}" d="M0 0h9v9"/>`)}`,
  ),
  'arrows on all lines by a stylesheet': svg(
    `<style>path { marker-end: url(#arrow) }</style><marker id="arrow"><path d="M0 0h9v9z"/></marker>${'<path d="M0 0L9 9"/>'.repeat(500)}`,
  ),
};

test.for(Object.keys(BOUNDED))('renders %s', async (what) => {
  expect(await verify(BOUNDED[what]!, 'a.svg')).toHaveProperty('verified');
});

test('a pattern with an extremely large tile terminates', async () => {
  const bytes = svg(
    '<pattern id="p" width="1e9" height="1e9" patternUnits="userSpaceOnUse"><rect width="5e8" height="5"/></pattern><rect fill="url(#p)" width="100" height="100"/>',
  );
  expect(await verify(bytes, 'a.svg')).toEqual(refusal('CORRUPT_FILE'));
});

test('stops at a line of a hundred million dashes, and verifies the next file', async () => {
  const dashes = svg('<circle stroke="red" stroke-dasharray="0.3 0.2" r="1e7" stroke-width="9"/>');
  expect(await verify(dashes, 'a.svg')).toEqual(refusal('CORRUPT_FILE'));
  expect(await verify(svg('<rect width="9" height="9"/>'), 'a.svg')).toHaveProperty('verified');
});
