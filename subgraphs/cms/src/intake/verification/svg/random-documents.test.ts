import fc from 'fast-check';
import { expect, inject, test } from 'vitest';
import { type SvgElement, parseSvg } from './document.ts';
import { cutLinks } from './links.ts';
import { purify } from './purify.ts';

const { seed, isThorough } = inject('random');

const WORDS =
  String.raw`url( ) " ' #a http://evil //evil \ \75rl( @import ; /* */ { } fill: --x: red ,
  image-set( < & > ]]> javascript: data:image/png;base64,AAAA é --> </style> <script> rect .a !important
  @media ( var(--x) 0 % + :is( &amp;`
    .split(/\s+/)
    .concat(' ', '\n', '\\72 ', '\u{1f600}');
const NAMES = [
  'g',
  'rect',
  'style',
  'a',
  'use',
  'image',
  'script',
  'animate',
  'text',
  'foreignObject',
];
const ATTRIBUTES = [
  'fill',
  'style',
  'href',
  'xlink:href',
  'id',
  'class',
  'onload',
  'mask',
  'values',
];

const soup = fc.array(fc.constantFrom(...WORDS), { maxLength: 12 }).map((words) => words.join(''));
const element = fc.tuple(
  fc.constantFrom(...NAMES),
  fc.dictionary(fc.constantFrom(...ATTRIBUTES), soup, { maxKeys: 3 }),
  soup,
);
const drawing = fc.array(element, { maxLength: 5 }).map((elements) => {
  const written = elements.map(([name, attributes, text]) => {
    const given = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
    return `<${name}${given.join('')}>${escaped(text)}</${name}>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">${written.join('')}</svg>`;
});

/** Matches `url(`, plain or escaped. */
const ADDRESS =
  /(?<![\w\u0080-\uFFFF-])(?:(?:u|\\0*75\s?)(?:r|\\0*72\s?)l\(\s*[^#\s)]|image-set\()/i;
/** Removes strings, in which everything is harmless. */
const bare = (css: string) => css.replace(/"(?:[^"\\]|\\.)*"|\/\*[^]*?\*\//g, '');

const textOf = ({ children }: SvgElement) =>
  children.filter((child) => typeof child === 'string').join('');

const escaped = (text: string) =>
  text.replace(/[&<>"\n]/g, (character) => `&#${character.codePointAt(0)};`);

async function clean(svg: string): Promise<string> {
  const root = parseSvg(svg);
  await cutLinks(root, async () => 1);
  return purify(root);
}

test('sanitizing a random document twice is the same as once', async () => {
  await fc.assert(
    fc.asyncProperty(drawing, async (svg) => {
      const once = await clean(svg);
      expect(await clean(once)).toBe(once);
    }),
    { seed, numRuns: isThorough ? 5_000 : 60 },
  );
});

test('sanitized random documents neither act nor fetch', async () => {
  await fc.assert(
    fc.asyncProperty(drawing, async (svg) => {
      const root = parseSvg(await clean(svg));
      for (const child of root.children) {
        if (typeof child === 'string') continue;
        expect(['script', 'foreignObject']).not.toContain(child.name);
        expect(child.attributes.has('onload')).toBe(false);
        const href = child.attributes.get('href') ?? child.attributes.get('xlink:href') ?? '#';
        expect(href).toMatch(/^#|^data:image\/png;base64,/);
        const { style = '', fill = '', mask = '' } = Object.fromEntries(child.attributes);
        for (const css of [style, fill, mask]) expect(bare(css)).not.toMatch(ADDRESS);
        if (child.name === 'style') {
          expect(bare(textOf(child))).not.toMatch(ADDRESS);
          expect(bare(textOf(child))).not.toMatch(/@(?!media)/);
        }
      }
    }),
    { seed, numRuns: isThorough ? 5_000 : 60 },
  );
});
