import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { cpuSecondsOf } from '../../../testing/cpu-time.ts';
import { pngBomb } from '../../../testing/hostile.ts';
import { refusal, useVerifier } from '../../../testing/verification.ts';
import { parseSvg } from './document.ts';

const { verify, clean } = useVerifier();

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

/** Each refers to the one before it ten times. */
const laughs = (count: number) =>
  levels(count, (i) => `<!ENTITY a${i + 1} "${`&a${i};`.repeat(10)}">`);

const ENTITIES: Record<string, string> = {
  'a billion laughs': `<!ENTITY a0 "ha">${laughs(9)}`,
  'a long entity in many entities': `<!ENTITY a0 "${'ha'.repeat(15_000)}">${laughs(9)}`,
  'an entity in itself': '<!ENTITY a9 "&a9;">',
  'entities in each other': '<!ENTITY a9 "&b;"><!ENTITY b "&a9;">',
  'a long chain of entities': `<!ENTITY a0 "ha">${levels(900, (i) => `<!ENTITY b${i + 1} "&b${i};">`)}<!ENTITY a9 "&b900;">`,
  'too many entities': `${levels(2000, (i) => `<!ENTITY b${i} "">`)}<!ENTITY a9 "">`,
  'a billion laughs of elements': `<!ENTITY a0 "<g/>">${laughs(9)}`,
  'elements in an attribute': '<!ENTITY a9 "<g/>">',
  'an entity with elements in itself': '<!ENTITY a9 "<g>&a9;</g>">',
  'an entity from a file': '<!ENTITY a9 SYSTEM "file:///etc/passwd">',
  'an entity from a host': '<!ENTITY a9 PUBLIC "-//x" "http://127.0.0.1:1/x">',
  'an entity of another type':
    '<!NOTATION n SYSTEM "x"><!ENTITY a9 SYSTEM "file:///etc/passwd" NDATA n>',
  'a parameter entity': '<!ENTITY % b "<!ENTITY a9 \'ha\'>"> %b;',
  'a parameter entity from a host':
    '<!ENTITY % b SYSTEM "http://127.0.0.1:1/x"> %b; <!ENTITY a9 "ha">',
  'an entity with a control character': '<!ENTITY a9 "&#1;">',
  'an entity with half a character': '<!ENTITY a9 "&#xD800;">',
  'an entity with the name of a property': '<!ENTITY a9 "&constructor;">',
  'no such entity': '<!ENTITY b "ha">',
};

test.for(Object.keys(ENTITIES))('rejects %s', async (what) => {
  const document = (content: string) =>
    Buffer.from(
      `<!DOCTYPE svg [${ENTITIES[what]}]><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/>${content}</svg>`,
    );
  if (what !== 'elements in an attribute') {
    expect(await verify(document('<text>&a9;</text>'), 'a.svg')).toEqual(refusal('CORRUPT_FILE'));
  }
  expect(await verify(document('<text class="&a9;"/>'), 'a.svg')).toEqual(refusal('CORRUPT_FILE'));
});

test('reads a prolog of many comments fast', async () => {
  const comments = '<!-- --><?a ?>'.repeat(4000);
  const root = (content: string) =>
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><!-- <!ENTITY -->${content}</svg>`;
  const shown = `${comments}${root('<rect width="9" height="9"/>')}`;
  expect(await verify(Buffer.from(shown), 'a.svg')).toHaveProperty('verified');
  const damaged = `${comments}<!DOCTYPE svg [${comments}<!ENTITY a "`;
  expect(await verify(Buffer.from(damaged), 'a.svg')).toEqual(refusal('TYPE_MISMATCH'));
});

test('rejects an entity of many spaces fast', async () => {
  const document = `<!DOCTYPE svg [<!ENTITY a${' '.repeat(2500)}]><svg/>`;
  const seconds = await cpuSecondsOf(() => expect(() => parseSvg(document)).toThrow());
  expect(seconds).toBeLessThan(1);
});

test('rejects comments without an end next to entities with elements', async () => {
  const bytes = Buffer.from(
    `<!DOCTYPE svg [<!ENTITY a "<g/>">]><svg xmlns="http://www.w3.org/2000/svg">${'<!-- <![CDATA[ <? <a b="'.repeat(150_000)}`,
  );
  expect(await verify(bytes, 'a.svg')).toEqual(refusal('CORRUPT_FILE'));
});

test('rejects an entity of some length that is used very often', async () => {
  const often = '&a;'.repeat(40_000);
  const bytes = Buffer.from(
    `<!DOCTYPE svg [<!ENTITY a "${'ha'.repeat(100)}">]><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><desc>${often}</desc><rect width="9" height="9"/></svg>`,
  );
  expect(await verify(bytes, 'a.svg')).toEqual(refusal('CORRUPT_FILE'));
});

test('rejects an SVGZ that unpacks to more than five megabytes', async () => {
  const packed = gzipSync(Buffer.concat([svg(''), Buffer.alloc(100_000_000)]), { level: 1 });
  expect(packed.length).toBeLessThan(1_000_000);
  expect(await verify(packed, 'a.svgz')).toEqual(refusal('FILE_TOO_LARGE'));
});

const embedded = (drawing: Buffer | string) =>
  svg(
    `<rect width="9" height="9"/><image width="9" height="9" href="data:image/svg+xml;base64,${Buffer.from(drawing).toString('base64')}"/>`,
  );

test('limits what embedded drawings take to render, as often as they are rendered', async () => {
  const lines = (count: number) => svg('<path d="M0 0h9v9"/>'.repeat(count));
  expect(await verify(embedded(lines(2000)), 'a.svg')).toHaveProperty('verified');
  const twice = (drawing: Buffer) => {
    const href = `data:image/svg+xml;base64,${drawing.toString('base64')}`;
    return svg(
      `<image id="i" width="9" height="9" href="${href}"/>${'<use href="#i"/>'.repeat(100)}`,
    );
  };
  expect(await verify(twice(lines(20)), 'a.svg')).toHaveProperty('verified');
  expect(await verify(twice(lines(2000)), 'a.svg')).toEqual(refusal('CORRUPT_FILE'));
});

test.for(['use in use', 'patterns filled with patterns', 'many filters'])(
  'rejects %s in an embedded drawing',
  async (what) => {
    expect(await verify(embedded(TOO_MUCH[what]!), 'a.svg')).toEqual(refusal('CORRUPT_FILE'));
  },
);

test('drawings and those embedded in them have the elements of one drawing, at most', async () => {
  const href = (index: number) =>
    `data:image/svg+xml,${encodeURIComponent(svg('<g/>'.repeat(9_000 + index)).toString())}`;
  const many = svg(
    `<rect width="9" height="9"/>${levels(9, (i) => `<image width="9" height="9" href="${href(i)}"/>`)}`,
  );
  expect((await clean(many)).match(/href="data:/g)).toHaveLength(3);
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
  'a background next to deeply nested brackets': svg(
    `<style>svg{background:red}${'a:is('.repeat(1000)}b${')'.repeat(1000)}{fill:red}</style><rect width="9" height="9"/>`,
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
