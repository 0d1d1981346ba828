import type { StyleReference } from './css.ts';
import type { SvgElement } from './document.ts';
import type { Links } from './links.ts';
import { broken } from './unacceptable.ts';

/** One unit is the cost of a simple shape: 30 µs in librsvg. */
const MAX_STEPS = 100_000;
/** The maximum of nested elements and references together; renderers are recursive. */
const MAX_DEPTH = 300;
/** Points, letters and numbers have a cost as well. */
const CHARACTERS_PER_STEP = 100;
const COMPARISONS_PER_STEP = 100;
/** A text of a few words. 5,000 characters take 0.4 s and 20,000 take 16 s. */
const STEPS_PER_TEXT = 8;
const SQUARE_CHARACTERS_PER_STEP = 2500;
const STEPS_PER_FILTER = 30;
/** Each time it is rendered: 12 megapixels take 5 ms. */
const PIXELS_PER_STEP = 80_000;

/** Elements that are rendered only where they are referenced, or never. */
const NOT_RENDERED = new Set(
  `defs symbol marker pattern clipPath mask filter linearGradient radialGradient stop metadata style
   title desc`.split(/\s+/),
);
const SHAPES = new Set([
  'path',
  'rect',
  'circle',
  'ellipse',
  'line',
  'polyline',
  'polygon',
  'text',
]);
const INHERITED = /^(?:fill|stroke|marker(?:-\w+)?|--.*)$/;

/** What shapes inherit from their ancestors: ids by property. */
type Inherited = ReadonlyMap<string, readonly string[]>;
const NOTHING: Inherited = new Map();

interface Node {
  readonly references: readonly StyleReference[];
  /** What the element inherits in this position. */
  readonly inherited: Inherited;
}

/**
 * Walks the document like a renderer, visiting every element as often as it is rendered, and stops
 * at a limit. A few hundred bytes of nested `<use>` elements or patterns could otherwise keep a
 * renderer busy for years.
 *
 * @throws Unacceptable
 */
export function limitExpansion(root: SvgElement, links: Links) {
  /** Viewers differ in which of several elements with the same id they use. */
  const byId = new Map<string, SvgElement[]>();
  const nodes = new Map<SvgElement, Node>();
  const followed = new Set<SvgElement>();
  let steps = 0;
  let depth = 0;

  function spend(more: number) {
    steps += more;
    if (steps > MAX_STEPS) throw broken('is too complex to render');
  }

  function register(element: SvgElement, inherited: Inherited) {
    spend(links.selectors / COMPARISONS_PER_STEP);
    const id = element.attributes.get('id') ?? '';
    const sameId = byId.get(id);
    if (sameId) sameId.push(element);
    else byId.set(id, [element]);
    const references = referencesOf(element);
    nodes.set(element, { references, inherited });
    const context = passOn(inherited, references);
    for (const child of element.children) if (typeof child !== 'string') register(child, context);
  }

  function referencesOf(element: SvgElement): readonly StyleReference[] {
    const { ofElements, ofStyles } = links;
    let references = ofElements.get(element) ?? [];
    if (ofStyles.size === 0) return references;
    for (const key of stylesOf(element)) {
      const styled = ofStyles.get(key) ?? [];
      spend(styled.length);
      references = references.concat(styled);
    }
    return references;
  }

  function draw(element: SvgElement, inherited: Inherited) {
    depth += 1;
    if (depth > MAX_DEPTH) throw broken('has references that are nested too deeply');
    spend(costOf(element) + (links.pixelsOf.get(element) ?? 0) / PIXELS_PER_STEP);
    const references = nodes.get(element)?.references ?? [];
    spend(references.length);
    const context = passOn(inherited, references);
    for (const { property, id } of references) {
      if (!INHERITED.test(property)) follow(id, element.name === 'use' ? context : undefined);
    }
    for (const child of element.children) {
      if (typeof child !== 'string' && !NOT_RENDERED.has(child.name)) draw(child, context);
    }
    if (SHAPES.has(element.name)) paint(element, context);
    depth -= 1;
  }

  function paint(element: SvgElement, context: Inherited) {
    for (const [property, ids] of context) {
      const before = steps;
      for (const id of ids) follow(id);
      if (property.startsWith('marker')) spend((steps - before) * mostPointsOf(element));
    }
  }

  /** Does not follow a circular reference; renderers stop there, too. */
  function follow(id: string, context?: Inherited) {
    spend(1);
    for (const target of byId.get(id) ?? byId.get(decoded(id)) ?? []) {
      if (followed.has(target)) continue;
      followed.add(target);
      draw(target, context ?? nodes.get(target)?.inherited ?? NOTHING);
      followed.delete(target);
    }
  }

  register(root, NOTHING);
  draw(root, NOTHING);
}

function passOn(inherited: Inherited, references: readonly StyleReference[]): Inherited {
  const own = references.filter(({ property }) => INHERITED.test(property));
  if (own.length === 0) return inherited;
  const groups = Object.entries(Object.groupBy(own, ({ property }) => property));
  const ids = groups.map(
    ([property, group = []]) => [property, group.map(({ id }) => id)] as const,
  );
  return new Map([...inherited, ...ids]);
}

/** An id may be percent-encoded in a URL. */
function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

/** The keys of all rules that may apply. */
function stylesOf({ name, attributes }: SvgElement): string[] {
  const classes = (attributes.get('class') ?? '').split(/\s+/).map((each) => `.${each}`);
  return [`#${attributes.get('id')}`, ...classes, name, '*'];
}

function costOf(element: SvgElement): number {
  if (element.name === 'filter') return STEPS_PER_FILTER;
  if (element.name === 'text') {
    return STEPS_PER_TEXT + textLengthOf(element) ** 2 / SQUARE_CHARACTERS_PER_STEP;
  }
  const characters = element.attributes.values().reduce((sum, { length }) => sum + length, 0);
  return 1 + characters / CHARACTERS_PER_STEP;
}

const textLengthOf = ({ children }: SvgElement): number =>
  children.reduce(
    (sum, child) => sum + (typeof child === 'string' ? child.length : textLengthOf(child)),
    0,
  );

/** A point has at least two digits and two separators: `1 1 2 2`. */
const mostPointsOf = ({ attributes }: SvgElement): number =>
  (attributes.get('d') ?? attributes.get('points') ?? '').length / 4;
