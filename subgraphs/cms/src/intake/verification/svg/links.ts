import {
  type StyleReference,
  charactersToRead,
  cleanDeclarations,
  cleanProperty,
  cleanStylesheet,
} from './css.ts';
import type { SvgElement } from './document.ts';
import { broken } from './unacceptable.ts';

/** The references of each element; `href` counts as a property. */
export interface Links {
  readonly ofElements: ReadonlyMap<SvgElement, readonly StyleReference[]>;
  /**
   * The references in stylesheets, by the last part of their selector: `#id`, `.class`, `name`, or
   * `*`.
   */
  readonly ofStyles: ReadonlyMap<string, readonly StyleReference[]>;
  /** The number of selectors that each element is compared with. */
  readonly selectors: number;
  /** The pixels of embedded images. */
  readonly pixelsOf: ReadonlyMap<SvgElement, number>;
}

/** Returns the pixels of an embedded image; null if it is not an image. */
export type MeasureImage = (bytes: Buffer) => Promise<number | null>;

const MAX_STYLESHEET_CHARACTERS = 500_000;
/** The maximum of all attributes that may contain references. */
const MAX_STYLE_CHARACTERS = 1_000_000;
const HREFS = ['href', 'xlink:href'];
const IMAGE_ELEMENTS = new Set(['image', 'feImage']);
const IMAGE_DATA_URL = /^data:image\/(?:png|jpe?g|gif|webp);base64,([\w+/=]*)$/i;
/** The first bytes of images, whatever type their URL states. */
const IMAGE_SIGNATURES = /^(?:\x89PNG|\xFF\xD8\xFF|GIF8|RIFF.{4}WEBP)/s;
const ANIMATIONS = new Set(['animate', 'set', 'animateTransform', 'animateMotion', 'animateColor']);
/** Attributes that must not change after they were checked. */
const NOT_TO_ANIMATE = /^(?:on.*|style|class|id|(?:.*:)?(?:href|src|base))$/i;
const NEVER_CSS = /^(?:id|class|d|points|role|aria-.*)$/;

/**
 * Removes all references to outside the document from the tree, and lists the references within it.
 * Images embedded as `data:` URLs are kept if `measure` accepts them.
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
