import {
  MIN_FILTERED_PIXELS,
  NANOSECONDS_PER_FILTER,
  canvasOf,
  nanosecondsOf,
  nanosecondsOfFunctions,
  shareOf,
} from '../../../platform/image/drawing-filters.ts';
import type { StyleReference } from './css.ts';
import type { SvgElement } from './document.ts';
import type { Links } from './links.ts';
import { broken } from './unacceptable.ts';

/** One unit is the cost of a simple shape: 30 µs in librsvg. */
const MAX_STEPS = 100_000;
const NANOSECONDS_PER_STEP = 30_000;
/** For all filters, in the smallest size in which they must be rendered. */
const MAX_FILTER_NANOSECONDS = 10e9;
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
const NO_IMAGE = { steps: 0, pixels: 0 };

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
 * @returns the number of steps to render it once, filters included
 * @throws Unacceptable
 */
export function limitExpansion(root: SvgElement, links: Links): number {
  /** Viewers differ in which of several elements with the same id they use. */
  const byId = new Map<string, SvgElement[]>();
  const nodes = new Map<SvgElement, Node>();
  const followed = new Set<SvgElement>();
  const canvas = canvasOf(root.attributes);
  const functions = functionsOf(root);
  let steps = 0;
  let depth = 0;
  let filterNanoseconds = 0;

  /** @param perPixel nanoseconds for one pixel of the drawing */
  function spendOnFilters(perPixel: number) {
    filterNanoseconds += perPixel * MIN_FILTERED_PIXELS;
    if (filterNanoseconds > MAX_FILTER_NANOSECONDS)
      throw broken('has filters that take too long to render');
  }

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
    const { steps: embeddedSteps, pixels } = links.embeddedIn.get(element) ?? NO_IMAGE;
    spend(costOf(element) + embeddedSteps + pixels / PIXELS_PER_STEP);
    spendOnFilters(filterCostOf(element));
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

  function filterCostOf(element: SvgElement): number {
    const { name, attributes } = element;
    if (name === 'filter') {
      const primitives = primitivesOf(element).map((each) => nanosecondsOf(each));
      const perPixel = primitives.reduce((sum, each) => sum + each, 0);
      return NANOSECONDS_PER_FILTER + shareOf(attributes, canvas) * perPixel;
    }
    const own = ['filter', 'style'].map((each) =>
      nanosecondsOfFunctions(attributes.get(each) ?? ''),
    );
    const styled =
      functions.size === 0 ? [] : stylesOf(element).map((key) => functions.get(key) ?? 0);
    return [...own, ...styled].reduce((sum, each) => sum + each, 0);
  }

  register(root, NOTHING);
  draw(root, NOTHING);
  return steps + filterNanoseconds / NANOSECONDS_PER_STEP;
}

/** With those in feMerge. */
const primitivesOf = ({ children }: SvgElement): SvgElement[] =>
  children.flatMap((child) => (typeof child === 'string' ? [] : [child, ...primitivesOf(child)]));

/** The cost of the filter functions in stylesheets, by the last part of the selector, as in `Links`. */
function functionsOf(root: SvgElement): ReadonlyMap<string, number> {
  const costs = new Map<string, number>();
  for (const { children } of stylesheetsIn(root)) {
    const css = children.filter((child) => typeof child === 'string').join('');
    if (nanosecondsOfFunctions(css) === 0) continue;
    for (const rule of css.split('}')) {
      const [declarations = '', selectors = ''] = rule.split('{').toReversed();
      const cost = nanosecondsOfFunctions(declarations);
      if (cost === 0) continue;
      for (const selector of selectors.split(',')) {
        const last =
          selector
            .trim()
            .split(/[\s>+~]+/)
            .at(-1) ?? '';
        const key = /^[.#]?[\w-]+$/.test(last) ? last : '*';
        costs.set(key, (costs.get(key) ?? 0) + cost);
      }
    }
  }
  return costs;
}

const stylesheetsIn = (element: SvgElement): SvgElement[] =>
  element.children.flatMap((child) => {
    if (typeof child === 'string') return [];
    return child.name === 'style' ? [child] : stylesheetsIn(child);
  });

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
