/**
 * The cost of the filters of an SVG. librsvg computes each primitive for each pixel of the region of its filter, on one
 * processor: a blur of 16 megapixels takes 6 s, and a document of 3 kB can have a thousand.
 */

type Attributes = Pick<ReadonlyMap<string, string>, 'get'>;

/** An element of a filter, without the namespace. */
export interface Primitive {
  readonly name: string;
  readonly attributes: Attributes;
}

/** Nanoseconds for one pixel, measured with librsvg 2.63. */
const NANOSECONDS: Readonly<Record<string, number>> = {
  feBlend: 90,
  feColorMatrix: 130,
  feComponentTransfer: 110,
  feComposite: 150,
  feDiffuseLighting: 250,
  feDisplacementMap: 2000,
  feDropShadow: 400,
  feFlood: 10,
  feGaussianBlur: 400,
  feImage: 100,
  feMergeNode: 90,
  feOffset: 10,
  feSpecularLighting: 250,
  feTile: 20,
};
const PER_OCTAVE = 200;
const MAX_OCTAVES = 9;
/** For each element of the matrix, or each pixel within the radius, which librsvg limits. */
const PER_NEIGHBOUR = 25;
const MAX_RADIUS = 10;
const PER_PIXEL_WITH_NEIGHBOURS = 150;
/** `blur()` and `drop-shadow()`. The others cost less. */
const PER_FUNCTION = 400;
/** For each pixel of the drawing, however small the region is: an element with a filter is drawn separately. */
export const NANOSECONDS_PER_FILTER = 40;
const FUNCTION =
  /\b(?:blur|brightness|contrast|drop-shadow|grayscale|hue-rotate|invert|opacity|saturate|sepia)\(/gi;

/** The processor time for the filters of one rendition. */
const MAX_NANOSECONDS = 5e9;
/**
 * Drawings that are too expensive for this size are rejected when they are verified. Smaller renditions are rendered in
 * their size, larger ones of expensive drawings are enlarged.
 */
export const MIN_FILTERED_PIXELS = 250_000;

/** For one pixel of the region of the filter. */
export function nanosecondsOf({ name, attributes }: Primitive): number {
  if (name === 'feTurbulence') {
    const octaves = numbersIn(attributes.get('numOctaves'))[0] ?? 1;
    return PER_OCTAVE * Math.min(Math.max(octaves, 1), MAX_OCTAVES);
  }
  if (name === 'feConvolveMatrix') {
    const [columns = 3, rows = columns] = numbersIn(attributes.get('order'));
    return PER_PIXEL_WITH_NEIGHBOURS + PER_NEIGHBOUR * Math.max(1, columns * rows);
  }
  if (name === 'feMorphology') {
    const [x = 0, y = x] = numbersIn(attributes.get('radius'));
    const side = (radius: number) => 2 * Math.min(Math.max(radius, 0), MAX_RADIUS) + 1;
    return PER_PIXEL_WITH_NEIGHBOURS + PER_NEIGHBOUR * side(x) * side(y);
  }
  return NANOSECONDS[name] ?? 0;
}

/** Of the functions in the value of `filter`, or in declarations. */
export const nanosecondsOfFunctions = (css: string): number =>
  PER_FUNCTION * (css.match(FUNCTION)?.length ?? 0);

/**
 * Which part of the drawing a filter covers, at most 1. Without transformations: their effect is limited only by the
 * size of the drawing.
 */
export function shareOf(filter: Attributes, canvas: number | null): number {
  if (filter.get('filterUnits') !== 'userSpaceOnUse' || canvas === null) return 1;
  const [width, height] = [filter.get('width'), filter.get('height')].map(plainNumber);
  return width === undefined || height === undefined ? 1 : Math.min(1, (width * height) / canvas);
}

/** The area of a drawing in its own units; null if it is not stated in numbers. */
export function canvasOf(root: Attributes): number | null {
  const [, , width, height] = numbersIn(root.get('viewBox'));
  const sides =
    width && height ? [width, height] : [root.get('width'), root.get('height')].map(plainNumber);
  const area = (sides[0] ?? 0) * (sides[1] ?? 0);
  return area > 0 ? area : null;
}

/**
 * The most pixels in which a sanitized SVG can be rendered within the time for its filters; Infinity if it has none.
 * An estimate: elements that are used repeatedly count once, so that a time limit is needed as well.
 */
export function mostFilteredPixels(svg: string): number {
  if (!svg.includes('<fe') && svg.search(FUNCTION) === -1) return Infinity;
  const uses = new Map<string, number>();
  for (const [, id = ''] of svg.matchAll(/url\((?:&quot;|['"])?#([^'")&]+)/g))
    uses.set(id, (uses.get(id) ?? 0) + 1);

  let canvas: number | null = null;
  let used = 0;
  let share = 0;
  let cost = nanosecondsOfFunctions(svg);
  for (const [, name = '', text = ''] of svg.matchAll(/<(svg|filter|fe[A-Za-z]+)\b([^<>]*)>/g)) {
    const attributes = attributesIn(text);
    if (name === 'svg') canvas ??= canvasOf(attributes);
    else if (name === 'filter') {
      used = uses.get(attributes.get('id') ?? '') ?? 0;
      share = shareOf(attributes, canvas);
      cost += used * NANOSECONDS_PER_FILTER;
    } else cost += used * share * nanosecondsOf({ name, attributes });
  }
  return Math.max(MIN_FILTERED_PIXELS, MAX_NANOSECONDS / cost);
}

const attributesIn = (text: string): Attributes =>
  new Map(
    Array.from(text.matchAll(/([\w:-]+)="([^"]*)"/g), ([, name = '', value = '']) => [name, value]),
  );

const numbersIn = (text = ''): number[] =>
  text
    .trim()
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(Number)
    .filter(Number.isFinite);

/** Undefined for a percentage, and a length with a unit. */
const plainNumber = (text = ''): number | undefined => {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  return number >= 0 ? number : undefined;
};
