import {
  type StyleReference,
  charactersToRead,
  cleanDeclarations,
  cleanProperty,
  cleanStylesheet,
} from './css.ts';
import type { SvgElement } from './document.ts';
import { broken } from './unacceptable.ts';

/** What one element names in others; `href` counts as a property. */
export interface Links {
  readonly ofElements: ReadonlyMap<SvgElement, readonly StyleReference[]>;
  /** What stylesheets add, by what an element must be: `#id`, `.class`, `name`, or `*`. */
  readonly ofStyles: ReadonlyMap<string, readonly StyleReference[]>;
  /** How many selectors each element is compared with. */
  readonly selectors: number;
  /** Of the pictures embedded in elements. */
  readonly pixelsOf: ReadonlyMap<SvgElement, number>;
}

/** The pixels of an embedded picture; null for what is none. */
export type MeasureImage = (bytes: Buffer) => Promise<number | null>;

const MAX_STYLESHEET_CHARACTERS = 500_000;
/** Of attributes that refer to something. */
const MAX_STYLE_CHARACTERS = 1_000_000;
const HREFS = ['href', 'xlink:href'];
const IMAGE_ELEMENTS = new Set(['image', 'feImage']);
const IMAGE_DATA_URL = /^data:image\/(?:png|jpe?g|gif|webp);base64,([\w+/=]*)$/i;
/** What bytes begin with that are none of another type, whatever their address says. */
const IMAGE_SIGNATURES = /^(?:\x89PNG|\xFF\xD8\xFF|GIF8|RIFF.{4}WEBP)/s;
const ANIMATIONS = new Set(['animate', 'set', 'animateTransform', 'animateMotion', 'animateColor']);
/** What an animation must not change after everything was looked at. */
const NOT_TO_ANIMATE = /^(?:on.*|style|class|id|(?:.*:)?(?:href|src|base))$/i;
const NEVER_CSS = /^(?:id|class|d|points|role|aria-.*)$/;

/**
 * Takes out, in place, all that leads out of the document, and lists what leads from one part of it to
 * another. Pictures embedded as `data:` stay, so each of them is shown to `measure`.
 */
export async function cutLinks(root: SvgElement, measure: MeasureImage) {
  const ofElements = new Map<SvgElement, StyleReference[]>();
  const ofStyles = new Map<string, StyleReference[]>();
  const images = new Map<string, number | null>();
  const pixelsOf = new Map<SvgElement, number>();
  let stylesheetCharacters = 0;
  let styleCharacters = 0;
  let selectors = 0;

  async function keepsHref(element: SvgElement, href: string): Promise<boolean> {
    if (href.startsWith('#')) return true;
    const [, base64] = IMAGE_DATA_URL.exec(href) ?? [];
    if (base64 === undefined || !IMAGE_ELEMENTS.has(element.name)) return false;
    if (!images.has(href)) images.set(href, await measured(Buffer.from(base64, 'base64')));
    const pixels = images.get(href) ?? null;
    if (pixels !== null) pixelsOf.set(element, pixels);
    return pixels !== null;
  }

  async function measured(bytes: Buffer): Promise<number | null> {
    return IMAGE_SIGNATURES.test(bytes.toString('latin1', 0, 12)) ? measure(bytes) : null;
  }

  async function visit(element: SvgElement) {
    const { attributes } = element;
    const references: StyleReference[] = [];
    for (const name of HREFS) {
      const href = attributes.get(name)?.replace(/\s+/g, '');
      if (href === undefined) continue;
      const isKept = await keepsHref(element, href);
      if (isKept) attributes.set(name, href);
      else attributes.delete(name);
      if (href.startsWith('#')) references.push({ property: 'href', id: href.slice(1) });
    }
    for (const [name, value] of attributes) {
      if (HREFS.includes(name) || NEVER_CSS.test(name)) continue;
      styleCharacters += charactersToRead(value);
      if (styleCharacters > MAX_STYLE_CHARACTERS)
        throw broken('has too much text in style attributes');
      const clean = name === 'style' ? cleanDeclarations(value) : cleanProperty(name, value);
      if (clean) attributes.set(name, clean.css);
      else attributes.delete(name);
      for (const reference of clean?.references ?? []) references.push(reference);
    }
    if (references.length > 0) ofElements.set(element, references);
    if (element.name === 'style') visitStylesheet(element);
    element.children = element.children.filter((child) => !changesLinks(child));
    for (const child of element.children) if (typeof child !== 'string') await visit(child);
  }

  function visitStylesheet(element: SvgElement) {
    const css = element.children.filter((child) => typeof child === 'string').join('');
    stylesheetCharacters += css.length;
    if (stylesheetCharacters > MAX_STYLESHEET_CHARACTERS)
      throw broken('has a stylesheet that is too long');
    const clean = cleanStylesheet(css);
    element.children = [clean.css];
    selectors += clean.css.split(/[,{]/).length;
    for (const [key, references] of clean.references) {
      ofStyles.set(key, (ofStyles.get(key) ?? []).concat(references));
    }
  }

  await visit(root);
  const pixels = images.values().reduce<number>((sum, each) => sum + (each ?? 0), 0);
  return { links: { ofElements, ofStyles, selectors, pixelsOf } satisfies Links, pixels };
}

function changesLinks(child: SvgElement | string): boolean {
  if (typeof child === 'string' || !ANIMATIONS.has(child.name)) return false;
  return NOT_TO_ANIMATE.test(child.attributes.get('attributeName')?.trim() ?? '');
}
