import { expect, test } from 'vitest';
import { pngBomb } from '../../../testing/hostile.ts';
import { jpeg, png } from '../../../testing/images.ts';
import { useVerifier } from '../../../testing/verification.ts';

const { clean, verify } = useVerifier();

const svg = (content: string, attributes = '') =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"${attributes}>${content}<rect width="9" height="9"/></svg>`;

const base64 = (bytes: Buffer | string) => Buffer.from(bytes).toString('base64');
const WOFF2 = `data:font/woff2;base64,${base64(`wOF2${'x'.repeat(50)}`)}`;
const TRUE_TYPE = `data:application/x-font-ttf;charset=utf-8;base64,${base64('\0\u0001\0\0 and more')}`;

test.for([
  `<style>@font-face{font-family:"a b";src:url(${WOFF2})format("woff2")}text{font-family:"a b"}</style>`,
  `<style>@media screen{@font-face{font-family:a;font-weight:700;src:local("Arial"),url(${TRUE_TYPE})}}</style>`,
])('keeps fonts that are in the document: %s', async (content) => {
  expect(await clean(svg(content))).toBe(svg(content));
});

test('keeps a font that is larger than a stylesheet may be', async () => {
  const font = `data:font/woff;base64,${base64(`wOFF${'x'.repeat(1_000_000)}`)}`;
  const content = `<style>@font-face{font-family:a;src:url(${font})}</style>`;
  expect(await clean(svg(content))).toBe(svg(content));
});

test.for([
  'https://example.org/a.woff2',
  `data:font/woff2;base64,${base64('<svg onload="alert(1)"/>')}`,
  `data:text/html;base64,${base64('<script>alert(1)</script>')}`,
  'data:font/woff2,wOF2',
  `data:image/png;base64,${base64('\x89PNG')}`,
])('removes a font from %s', async (url) => {
  for (const source of [`url(${url})`, `url("${url}") format("woff2"), url(${WOFF2})`]) {
    const kept = await clean(svg(`<style>@font-face { font-family: a; src: ${source} }</style>`));
    expect(kept).toBe(svg('<style></style>'));
  }
});

test('font data is kept nowhere else', async () => {
  const content = `<style>rect{fill:url(${WOFF2})}@font-face{font-family:url(${WOFF2});unicode-range:url(${WOFF2})}</style>`;
  expect(await clean(svg(content))).toBe(svg('<style>rect{}</style>'));
});

test.for<[string, string]>([
  ['<style>svg{background:#fff}</style>', ''],
  ['<style>@media (prefers-color-scheme:dark){svg{background-color:#000}}</style>', ''],
  ['<style>@layer a{rect{fill:red}}@container (width){rect{fill:red}}</style>', ''],
  ['', ' style="background-color: #fff"'],
  ['', ' style="background: rgb(255, 255, 255); color-scheme: light"'],
])('keeps harmless CSS: %s %s', async ([content, attributes]) => {
  expect(await clean(svg(content, attributes))).toBe(svg(content, attributes));
});

const image = (href: string) => svg(`<image width="9" height="9" href="${href}"/>`);

test('keeps embedded images whatever type their URL states', async () => {
  for (const [type, bytes] of [
    ['png', await png()],
    ['jpeg', await jpeg()],
  ] as const) {
    const kept = image(`data:image/${type};base64,${base64(bytes)}`);
    for (const prefix of [
      'data:;base64,',
      'data:img/png;base64,',
      'data:image/gif;charset=utf-8;base64,',
    ]) {
      expect(await clean(image(prefix + base64(bytes)))).toBe(kept);
    }
    const percent = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
    expect(await clean(image(`data:image/${type},${percent}`))).toBe(kept);
    expect(await clean(kept)).toBe(kept);
  }
});

const INNER =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9"/></svg>';
const embedded = (drawing: string) => `data:image/svg+xml;base64,${base64(drawing)}`;

test.for([
  embedded(INNER),
  `data:image/svg+xml;charset=utf-8;base64,${base64(INNER)}`,
  `data:image/svg+xml,${encodeURIComponent(INNER)}`,
  `data:image/svg+xml;utf8,${INNER.replaceAll('"', "'").replaceAll('<', '&lt;')}`,
  `data:image/svg+xml;charset=utf-8,${INNER.replaceAll('"', '%22').replaceAll('<', '%3C')}`,
])('keeps an embedded drawing: %s', async (href) => {
  expect(await clean(image(href))).toBe(image(embedded(INNER)));
});

test('cleans embedded drawings like the one that contains them', async () => {
  const hostile = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" onload="alert(1)"><script>alert(1)</script><image href="https://example.org/a.png"/><style>@import "https://example.org";</style><foreignObject/><path d="M0 0h9v9"/></svg>`;
  const harmless = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><image/><style></style><path d="M0 0h9v9"/></svg>`;
  expect(await clean(image(embedded(hostile)))).toBe(image(embedded(harmless)));
  expect(await clean(image(embedded(image(embedded(hostile)))))).toBe(
    image(embedded(image(embedded(harmless)))),
  );
});

test('leaves out drawings that are embedded too deeply, and damaged ones', async () => {
  const without = svg('<image width="9" height="9"/>');
  const nested = (depth: number, innermost: string): string =>
    depth === 0 ? innermost : image(embedded(nested(depth - 1, innermost)));
  expect(await clean(nested(3, INNER))).toBe(nested(3, INNER));
  expect(await clean(nested(9, INNER))).toBe(nested(3, without));
  for (const damaged of ['<svg', '<p/>', '<svg xmlns="http://www.w3.org/1999/xhtml"/>', '']) {
    expect(await clean(image(embedded(damaged)))).toBe(without);
  }
});

test('counts the pixels of images in embedded drawings', async () => {
  const bomb = `data:image/png;base64,${base64(pngBomb({ width: 20_000, height: 20_000 }))}`;
  const bytes = Buffer.from(image(embedded(image(bomb))));
  expect(await verify(bytes, 'a.svg')).toMatchObject({ refused: { code: 'IMAGE_TOO_LARGE' } });
});

test('expands entities that are text, in attributes and in texts', async () => {
  const source = `<!DOCTYPE svg [
    <!-- a comment's ] and > -->
    <!ENTITY b 'a &#38;amp; b &#x263A; "quoted" ]'>
    <!ENTITY c "&b;, &b;">
    <!ENTITY c "the second declaration does not count">
    <!ENTITY lt "&#38;#60;">
    <!ENTITY unused SYSTEM "file:///etc/passwd">
    <!ELEMENT x (#PCDATA)> <!ATTLIST svg y CDATA ">"> <?z ]> ?>
  ] >${svg('<title>&b; &lt;</title><text id="&c;">x</text>')}`;
  expect(await clean(source)).toBe(
    svg(
      '<title>a &amp; b ☺ "quoted" ] &lt;</title><text id="a &amp; b ☺ &quot;quoted&quot; ], a &amp; b ☺ &quot;quoted&quot; ]">x</text>',
    ),
  );
});

test('expands entities with elements, and cleans them', async () => {
  const source = `<!DOCTYPE svg [
    <!ENTITY face '<g onclick="alert(1)">&eye;<script>alert(1)</script>&eye;</g>'>
    <!ENTITY eye "<circle r='&size;'/>">
    <!ENTITY size "2">
    <!ENTITY both "&face;&size;">
  ]>${svg('<!-- &face; --><title><![CDATA[&face;]]></title><text class="&size;">&both;</text>')}`;
  const face = '<g><circle r="2"/><circle r="2"/></g>';
  expect(await clean(source)).toBe(svg(`<title>&amp;face;</title><text class="2">${face}2</text>`));
});

test.for([
  ['width="100000" height="100000"', 30_000, 30_000],
  ['viewBox="0 0 1e9 1e9"', 30_000, 30_000],
  ['width="9e99km" height="1m" viewBox="0 0 1e18 4"', 30_000, 1],
  ['width="0.5" height="0.25"', 100, 50],
  ['viewBox="0 0 0.1 0.1"', 100, 100],
  ['viewBox="0 0 2e-7 1e-7"', 100, 50],
] as const)('accepts a size of %s', async ([attributes, width, height]) => {
  const bytes = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" ${attributes}><rect width="100%" height="100%"/></svg>`,
  );
  expect(await verify(bytes, 'a.svg')).toMatchObject({ verified: { width, height } });
});
