import { expect, test } from 'vitest';
import { useVerifier } from '../../../testing/verification.ts';

const { clean } = useVerifier();

const svg = (content: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">${content}<rect width="9" height="9"/></svg>`;

const ACTING = [
  '<script>alert(1)</script>',
  '<script href="https://example.org/x.js"/>',
  '<x:script xmlns:x="http://www.w3.org/2000/svg">alert(1)</x:script>',
  '<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>',
  '<g onload="alert(1)" onclick="alert(1)"/>',
  '<rect width="1" height="1"><set attributeName="onclick" to="alert(1)"/></rect>',
  '<foreignObject width="9" height="9"><body xmlns="http://www.w3.org/1999/xhtml" onload="alert(1)"><iframe src="javascript:alert(1)"/></body></foreignObject>',
  '<iframe xmlns="http://www.w3.org/1999/xhtml" src="javascript:alert(1)"/>',
  '<a href="javascript:alert(1)"><text>x</text></a>',
  '<a xlink:href=" java&#10;script:alert(1)"><text>x</text></a>',
  '<a x:href="javascript:alert(1)" xmlns:x="http://www.w3.org/1999/xlink"><text>x</text></a>',
  '<a><animate attributeName="href" values="javascript:alert(1)"/><text>x</text></a>',
  '<a><set attributeName="xlink:href" to="javascript:alert(1)"/><text>x</text></a>',
  '<a><animate attributeName=" href" to="javascript:alert(1)"/><text>x</text></a>',
  '<handler type="application/ecmascript">alert(1)</handler>',
  '<listener event="click" handler="#x"/>',
  '<title><![CDATA[</title><script>alert(1)</script>]]></title>',
  '<desc>&lt;script&gt;alert(1)&lt;/script&gt;</desc>',
  '<style><![CDATA[</style><script>alert(1)</script>]]></style>',
  '<rect width="1" height="1" id="]]&gt;&lt;script&gt;alert(1)&lt;/script&gt;"/>',
];

test.for(ACTING)('removes what is active: %s', async (content) => {
  const kept = await clean(svg(content));
  expect(kept).not.toMatch(/<(?:\w+:)?(?:script|foreignObject|iframe|body|handler|listener)\b/i);
  expect(kept).not.toMatch(/\son\w+\s*=/i);
  expect(kept).not.toMatch(/javascript|="on\w+"/i);
  expect(kept).toContain('<rect width="9" height="9"/>');
});

const FETCHING = [
  '<image href="file:///etc/passwd" width="9" height="9"/>',
  '<image xlink:href="https://example.org/a.png" width="9" height="9"/>',
  '<image href="//example.org/a.png" width="9" height="9"/>',
  '<image href="example.org.png" width="9" height="9"/>',
  '<image href="data:image/svg+xml;base64,PHN2Zy8+ZXhhbXBsZS5vcmc=" width="9" height="9"/>',
  '<image href="data:text/html;base64,ZXhhbXBsZS5vcmc=" width="9" height="9"/>',
  '<image href="data:image/png;base64,ZXhhbXBsZS5vcmc=" width="9" height="9"/>',
  `<image href="data:image/png;base64,${Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" id="').toString('base64')}ZXhhbXBsZS5vcmciLz4=" width="9" height="9"/>`,
  '<use href="https://example.org/a.svg#b"/>',
  '<use href="data:image/png;base64,ZXhhbXBsZS5vcmc="/>',
  '<filter id="f"><feImage href="https://example.org/a.png"/></filter>',
  '<linearGradient id="g" href="https://example.org/a.svg#g"/>',
  '<textPath href="https://example.org/a.svg#p">x</textPath>',
  '<rect fill="url(https://example.org/a.svg#p)" width="9" height="9"/>',
  '<rect fill="u\\72l(https://example.org/a.svg#p)" width="9" height="9"/>',
  `<rect fill="url('https://example.org/#p') red" width="9" height="9"/>`,
  '<rect style="fill:red;stroke:url(https://example.org/a.svg#p)" width="9" height="9"/>',
  '<rect mask="image-set(&quot;https://example.org/a.png&quot; 1x)" width="9" height="9"/>',
  '<rect cursor="url(https://example.org/a.cur), auto" width="9" height="9"/>',
  '<rect><set attributeName="fill" to="url(https://example.org/a.svg#p)"/></rect>',
  '<rect style="fill:u\\72l(&quot;https://example.org/a.svg#p&quot;)" width="9" height="9"/>',
  `<rect fill="u\\72 l('https://example.org/a.svg#p')" width="9" height="9"/>`,
  '<style>rect { fill: \\75rl("https://example.org/a.svg#p") }</style>',
  '<style>rect { mask: image-\\73 et("https://example.org/a.png" 1x) }</style>',
  '<style>@import "https://example.org/a.css";</style>',
  '<style>@\\69mport url(https://example.org/a.css);</style>',
  '<style>@font-face { font-family: x; src: url(https://example.org/a.woff) }</style>',
  '<style>rect { background: url(https://example.org/a.png) }</style>',
  '<style>rect { --a: url(https://example.org/a.png); mask: var(--a) }</style>',
  '<style>rect { fill: url(https://example.org/a.png</style>',
  '<style>rect { a: -webkit-image-set("https://example.org/a.png" 1x) }</style>',
  '<style>@media all { @import "https://example.org/a.css"; }</style>',
  '<link xmlns="http://www.w3.org/1999/xhtml" rel="stylesheet" href="https://example.org/a.css"/>',
  '<?xml-stylesheet href="https://example.org/a.css"?>',
  '<g xml:base="https://example.org/"><use href="#a"/></g>',
  '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="https://example.org/"/>',
  '<font-face><font-face-src><font-face-uri href="https://example.org/a.svg"/></font-face-src></font-face>',
  '<cursor href="https://example.org/a.cur"/>',
];

test.for(FETCHING)('removes what would be fetched: %s', async (content) => {
  const kept = await clean(svg(content));
  expect(kept).not.toMatch(/example\.org|file:|ZXhhbXBsZS5vcmc|import|image-set|font-face/);
  expect(kept).toContain('<rect width="9" height="9"/>');
});

test('removes a stylesheet reference before the root', async () => {
  const source = `<?xml-stylesheet href="https://example.org/a.css"?>${svg('')}`;
  expect(await clean(source)).toBe(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>',
  );
});
