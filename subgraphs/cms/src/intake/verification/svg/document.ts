import { SaxesParser, type SaxesTagNS } from 'saxes';
import { defineEntities, expandElements } from './entities.ts';
import { broken, Unacceptable } from './unacceptable.ts';

export const SVG_NAMESPACE = 'http://www.w3.org/2000/svg';
export const XLINK_NAMESPACE = 'http://www.w3.org/1999/xlink';
export const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';

/** Drawings have a few thousand; each takes 0.1 ms and four kilobytes to sanitize. */
export const MAX_ELEMENTS = 30_000;
/** Some dozens have a meaning. The parser compares each attribute of an element with all others. */
const MAX_ATTRIBUTES_EACH = 200;
const MAX_ATTRIBUTES = 200_000;
/** libxml2, which librsvg uses, is limited to 256. */
const MAX_DEPTH = 200;
const CHUNK = 64 * 1024;

/** An element of the SVG namespace with any prefix. */
export interface SvgElement {
  readonly name: string;
  /** The attributes without a namespace, and those of `xlink` and `xml` with these prefixes. */
  readonly attributes: Map<string, string>;
  /** Adjacent texts are merged. */
  children: (SvgElement | string)[];
}

/**
 * Parses an SVG and leaves out DOCTYPE, comments, processing instructions, and elements and
 * attributes of other namespaces, which only the tools that wrote them use.
 *
 * @throws Unacceptable if it is not well-formed SVG, refers to entities outside the file, or is too deep
 *   or too large
 */
export function parseSvg(text: string, maxElements = MAX_ELEMENTS): SvgElement {
  const parser = new SaxesParser({ xmlns: true, defaultXMLVersion: '1.0', forceXMLVersion: true });
  /** From the root to the current element; undefined for those that are left out. */
  const open: (SvgElement | undefined)[] = [];
  let root: SvgElement | undefined;
  let rootNamespace = '';
  let elements = 0;
  let attributes = 0;

  function enter(tag: SaxesTagNS) {
    elements += 1;
    if (elements > maxElements)
      throw broken(`has too many elements. The maximum is ${MAX_ELEMENTS}`);
    const ownAttributes = Object.keys(tag.attributes).length;
    attributes += ownAttributes;
    if (ownAttributes > MAX_ATTRIBUTES_EACH || attributes > MAX_ATTRIBUTES) {
      throw broken('has too many attributes');
    }
    if (open.length >= MAX_DEPTH)
      throw broken(`is nested too deeply. The maximum is ${MAX_DEPTH} levels`);
    if (open.length === 0) rootNamespace = namespaceOfRoot(tag);
    const parent = open.at(-1);
    const isLeftOut = tag.uri !== rootNamespace || (open.length > 0 && !parent);
    const element = isLeftOut ? undefined : elementOf(tag);
    open.push(element);
    if (!element) return;
    root ??= element;
    parent?.children.push(element);
  }

  function write(characters: string) {
    const children = open.at(-1)?.children ?? [];
    const before = children.at(-1);
    if (typeof before === 'string') children[children.length - 1] = before + characters;
    else children.push(characters);
  }

  parser.on('opentag', enter);
  parser.on('closetag', () => open.pop());
  parser.on('text', write);
  parser.on('cdata', write);
  parser.on('doctype', (doctype) => defineEntities(doctype, parser.ENTITIES));
  parser.on('error', () => {
    throw broken('is not well-formed XML');
  });
  const expanded = expandElements(text);
  for (let at = 0; at < expanded.length; at += CHUNK) {
    parser.write(expanded.slice(at, at + CHUNK));
  }
  parser.close();
  if (!root) throw broken('has no root element');
  return root;
}

/** A root without a namespace is accepted as SVG. */
function namespaceOfRoot({ local, prefix, uri }: SaxesTagNS): string {
  const isSvg = local === 'svg' && (uri === SVG_NAMESPACE || (uri === '' && prefix === ''));
  if (!isSvg) throw new Unacceptable('UNSUPPORTED_TYPE', 'The file is XML but not SVG.');
  return uri;
}

function elementOf({ local, attributes }: SaxesTagNS): SvgElement {
  const kept = Object.values(attributes).flatMap(({ uri, local: name, value }) => {
    if (uri === '') return [[name, value] as const];
    if (uri === XLINK_NAMESPACE) return [[`xlink:${name}`, value] as const];
    // No `xml:id` or `xml:base`, which would change the meaning of references.
    const isHarmless = uri === XML_NAMESPACE && (name === 'space' || name === 'lang');
    return isHarmless ? [[`xml:${name}`, value] as const] : [];
  });
  return { name: local, attributes: new Map(kept), children: [] };
}
