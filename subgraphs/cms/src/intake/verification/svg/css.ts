import {
  type Atrule,
  type CssNode,
  type List,
  type ListItem,
  type Rule,
  type WalkContext,
  generate,
  parse,
  walk,
} from 'css-tree';

/** A reference of a styled property to another element: `fill: url(#sky)`. */
export interface StyleReference {
  readonly property: string;
  readonly id: string;
}

export interface CleanStyle {
  readonly css: string;
  readonly references: readonly StyleReference[];
}

export interface CleanStylesheet {
  readonly css: string;
  /** By the last part of the selector: `#id`, `.class`, `name`, or `*` for any element. */
  readonly references: ReadonlyMap<string, readonly StyleReference[]>;
}

/** The maximum of nested brackets; the parser is recursive. */
const MAX_NESTING = 100;
const HARMLESS_RULES = new Set(
  `media supports container layer scope starting-style property keyframes -webkit-keyframes -moz-keyframes
   -o-keyframes font-face`.split(/\s+/),
);
/**
 * Functions that take a URL as a plain string, now or in the future, or whose name is escaped
 * (`u\72l`).
 */
const FETCHING = /^(?:-\w+-)?(?:url|image|image-set|cross-fade|src|element|paint)$|[^\w-]/i;
/** CSS without one of these has no references and is kept unchanged. */
const MAY_REFER = /\\|(?:url|image|image-set|cross-fade|src|element|paint)\(/i;
/** Only ids that every parser reads in the same way in `url(#…)`. */
const PLAIN_ID = /^#[^\s"'()\\<>]+$/;

/** The first bytes of WOFF, OpenType and TrueType fonts, in base64. */
const FONT_URL =
  /^data:[\w./+-]*(?:;[\w=-]+)*;base64,(?:d09GR|d09GM|T1RUT|dHJ1Z|dHRjZ|AAEAA)[\w+/]*={0,2}$/;
/** What is quick to read, however long it is. */
const DATA = /data:[\w./+-]*(?:;[\w=-]+)*;base64,[\w+/=]*/g;

/** How many characters have to be parsed. */
export const charactersToRead = (css: string): number =>
  MAY_REFER.test(css) ? charactersWithoutData(css) : 0;

export const charactersWithoutData = (css: string): number => css.replaceAll(DATA, '').length;

/**
 * The stylesheet without anything that fetches: `@import`, URLs outside the document. Fonts are kept if they are in the
 * document.
 */
export function cleanStylesheet(css: string): CleanStylesheet {
  const references = new Map<string, StyleReference[]>();
  if (!css.includes('@') && !MAY_REFER.test(css)) return { css, references };
  const sheet = parsed(css, 'stylesheet');
  if (sheet?.type !== 'StyleSheet') return { css: '', references };
  dropFetching(sheet);
  walk(sheet, {
    visit: 'Rule',
    enter(rule) {
      const named = referencesIn(rule.block);
      if (named.length === 0) return;
      for (const key of keysOf(rule)) {
        const before = references.get(key) ?? [];
        for (const reference of named) before.push(reference);
        references.set(key, before);
      }
    },
  });
  return { css: generate(sheet), references };
}

/** The same for the content of a `style` attribute. */
export function cleanDeclarations(css: string): CleanStyle {
  if (!MAY_REFER.test(css)) return { css, references: [] };
  const list = parsed(css, 'declarationList');
  if (!list) return { css: '', references: [] };
  dropFetching(list);
  return { css: generate(list), references: referencesIn(list) };
}

/** The same for a presentation attribute. Null if it must be removed. */
export function cleanProperty(property: string, value: string): CleanStyle | null {
  if (!MAY_REFER.test(value)) return { css: value, references: [] };
  const tree = parsed(value, 'value');
  if (!tree || fetches(tree)) return null;
  return { css: generate(tree), references: idsIn(tree).map((id) => ({ property, id })) };
}

/** Null if it is not valid CSS: a more lenient parser could read it differently. */
function parsed(css: string, context: 'stylesheet' | 'declarationList' | 'value'): CssNode | null {
  if (nesting(css) > MAX_NESTING) return null;
  try {
    return parse(css, { context, parseCustomProperty: true });
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function nesting(css: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [bracket] of css.matchAll(/[([{}\])]/g)) {
    depth += '([{'.includes(bracket) ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

function dropFetching(tree: CssNode) {
  walk(tree, {
    leave(this: WalkContext, node: CssNode, item?: ListItem<CssNode>, list?: List<CssNode>) {
      if (item && isDropped(node, this.atrule)) list?.remove(item);
    },
  });
}

function isDropped(node: CssNode, within: Atrule | null): boolean {
  if (node.type === 'Atrule') {
    const isHarmless = HARMLESS_RULES.has(node.name.toLowerCase()) && node.block !== null;
    return !isHarmless || node.prelude?.type === 'Raw' || (isFontFace(node) && !hasSource(node));
  }
  if (node.type === 'Rule') return node.prelude.type === 'Raw';
  if (node.type === 'Declaration') {
    const isSource = isFontFace(within) && node.property.toLowerCase() === 'src';
    return fetches(node.value, isSource ? FONT_URL : PLAIN_ID);
  }
  return node.type === 'Raw';
}

const isFontFace = (rule: Atrule | null) => rule?.name.toLowerCase() === 'font-face';

/** Whether its source was kept. */
const hasSource = ({ block }: Atrule) =>
  block?.children.some((child) => child.type === 'Declaration' && /^src$/i.test(child.property)) ??
  false;

function fetches(tree: CssNode, harmlessUrl = PLAIN_ID): boolean {
  let found = false;
  walk(tree, (node) => {
    if (node.type === 'Url') found ||= !harmlessUrl.test(node.value);
    else if (node.type === 'Function') found ||= FETCHING.test(node.name);
    else found ||= node.type === 'Raw';
  });
  return found;
}

function idsIn(tree: CssNode): string[] {
  const ids: string[] = [];
  walk(tree, (node) => {
    if (node.type === 'Url') ids.push(node.value.slice(1));
  });
  return ids;
}

function referencesIn(tree: CssNode): StyleReference[] {
  const references: StyleReference[] = [];
  walk(tree, {
    visit: 'Declaration',
    enter({ property, value }) {
      for (const id of idsIn(value)) references.push({ property: property.toLowerCase(), id });
    },
  });
  return references;
}

/**
 * What the last part of each selector matches. It may match more elements than the rule, never
 * fewer.
 */
function keysOf({ prelude }: Rule): string[] {
  if (prelude.type !== 'SelectorList') return ['*'];
  return prelude.children.toArray().map((selector) => {
    if (selector.type !== 'Selector') return '*';
    const parts = selector.children.toArray();
    const last = parts.slice(parts.findLastIndex(({ type }) => type === 'Combinator') + 1);
    if (generate(selector).includes('\\')) return '*';
    const id = last.find((part) => part.type === 'IdSelector');
    if (id) return `#${id.name}`;
    const klass = last.find((part) => part.type === 'ClassSelector');
    if (klass) return `.${klass.name}`;
    const element = last.find((part) => part.type === 'TypeSelector');
    return element && /^[\w-]+$/.test(element.name) ? element.name : '*';
  });
}
