import {
  type StyleReference,
  charactersToRead,
  charactersWithoutData,
  cleanDeclarations,
  cleanProperty,
  cleanStylesheet,
} from './css.ts';
import { dataUrl, parseDataUrl } from './data-url.ts';
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
  /** The costs of embedded images. */
  readonly embeddedIn: ReadonlyMap<SvgElement, Embedded>;
}

interface Embedded {
  /** With the image as a `data:` URL. */
  readonly href: string;
  readonly pixels: number;
  /** Of an embedded drawing, see limitExpansion. */
  readonly steps: number;
}

/** Returns the pixels of an embedded image; null if it is not an image. */
export type MeasureImage = (bytes: Buffer) => Promise<number | null>;
/** Sanitizes an embedded drawing. Null if it is not a drawing. */
export type CleanDrawing = (
  bytes: Buffer,
) => Promise<{ svg: string; pixels: number; steps: number } | null>;

const MAX_STYLESHEET_CHARACTERS = 500_000;
/** The maximum of all attributes that may contain references. */
const MAX_STYLE_CHARACTERS = 1_000_000;
const HREFS = ['href', 'xlink:href'];
const IMAGE_ELEMENTS = new Set(['image', 'feImage']);
/** The first bytes of images, whatever type their URL states. */
const IMAGE_SIGNATURES = {
  png: /^\x89PNG/,
  jpeg: /^\xFF\xD8\xFF/,
  gif: /^GIF8/,
  webp: /^RIFF.{4}WEBP/s,
};
const ANIMATIONS = new Set(['animate', 'set', 'animateTransform', 'animateMotion', 'animateColor']);
/** Attributes that must not change after they were checked. */
const NOT_TO_ANIMATE = /^(?:on.*|style|class|id|(?:.*:)?(?:href|src|base))$/i;
const NEVER_CSS = /^(?:id|class|d|points|role|aria-.*)$/;

/**
 * Removes all references to outside the document from the tree, and lists the references within it.
 * Images embedded as `data:` URLs are kept if `measure` or `cleanDrawing` accepts them.
 */
export async function cutLinks(
  root: SvgElement,
  measure: MeasureImage,
  cleanDrawing: CleanDrawing = async () => null,
) {
  const ofElements = new Map<SvgElement, StyleReference[]>();
  const ofStyles = new Map<string, StyleReference[]>();
  const images = new Map<string, Embedded | null>();
  const embeddedIn = new Map<SvgElement, Embedded>();
  let stylesheetCharacters = 0;
  let styleCharacters = 0;
  let selectors = 0;

  /** The reference that replaces it; null if it must be removed. */
  async function cleanHref(element: SvgElement, href: string): Promise<string | null> {
    if (href.startsWith('#')) return href.replaceAll(/\s+/g, '');
    if (!IMAGE_ELEMENTS.has(element.name)) return null;
    let image = images.get(href);
    if (image === undefined) images.set(href, (image = await embed(href)));
    if (image) embeddedIn.set(element, image);
    return image?.href ?? null;
  }

  async function embed(href: string): Promise<Embedded | null> {
    const url = parseDataUrl(href);
    if (!url) return null;
    if (url.mimeType === 'image/svg+xml') {
      const drawing = await cleanDrawing(url.bytes);
      return drawing && { ...drawing, href: dataUrl('svg+xml', Buffer.from(drawing.svg)) };
    }
    const head = url.bytes.toString('latin1', 0, 12);
    const [type] = Object.entries(IMAGE_SIGNATURES).find(([, form]) => form.test(head)) ?? [];
    if (type === undefined) return null;
    const pixels = await measure(url.bytes);
    return pixels === null ? null : { href: dataUrl(type, url.bytes), pixels, steps: 0 };
  }

  async function visit(element: SvgElement) {
    const { attributes } = element;
    const references: StyleReference[] = [];
    for (const name of HREFS) {
      const given = attributes.get(name)?.trim();
      if (given === undefined) continue;
      const href = await cleanHref(element, given);
      if (href === null) attributes.delete(name);
      else attributes.set(name, href);
      if (href?.startsWith('#')) references.push({ property: 'href', id: href.slice(1) });
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
    stylesheetCharacters += charactersWithoutData(css);
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
  const pixels = images.values().reduce((sum, each) => sum + (each?.pixels ?? 0), 0);
  return { links: { ofElements, ofStyles, selectors, embeddedIn } satisfies Links, pixels };
}

function changesLinks(child: SvgElement | string): boolean {
  if (typeof child === 'string' || !ANIMATIONS.has(child.name)) return false;
  return NOT_TO_ANIMATE.test(child.attributes.get('attributeName')?.trim() ?? '');
}
