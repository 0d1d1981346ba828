import type { SvgElement } from './document.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** CSS 2.1, 4.3.2. Numbers without a unit are pixels. */
const PIXELS_PER: Record<string, number> = {
  '': 1,
  px: 1,
  in: 96,
  cm: 96 / 2.54,
  mm: 96 / 25.4,
  q: 96 / 101.6,
  pt: 96 / 72,
  pc: 16,
};
/** Each length can be read in one way only, so that a long one is read fast. */
const NUMBER = String.raw`[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?`;
const LENGTH = new RegExp(String.raw`^(${NUMBER})\s*([a-z]*)$`, 'i');
const VIEW_BOX = new RegExp(
  String.raw`^\s*${Array(4)
    .fill(`(${NUMBER})`)
    .join(String.raw`[\s,]+`)}\s*$`,
  'i',
);

/** Renderers are limited to 32,767. */
const MAX_SIDE = 30_000;
/** The longer side of drawings without a usable size: their aspect ratio is then right to 1 %. */
const USABLE_SIDE = 100;
/** Renderers show nothing of drawings whose units are much larger than the drawing. */
const MIN_BOX_SIDE = 0.01;
/** Rounding to whole pixels must not change the aspect ratio by more than this. */
const MAX_DISTORTION = 0.05;

/**
 * The size in whole pixels, as browsers show it: from `width` and `height` in absolute units; a
 * missing one follows from the ratio of the `viewBox`. Null if neither exists or the size is zero.
 *
 * A vector has no pixels, and some programs write kilometres or thousandths. Such a size is replaced
 * in the document by one with the same aspect ratio.
 */
export function settleSize(root: SvgElement): Size | null {
  const stated = statedSizeOf(root);
  if (!stated) return null;
  enlargeTinyUnits(root);
  const size = rounded(stated);
  if (isUsable(stated, size)) return size;
  const usable = usableSize(stated);
  const { attributes } = root;
  if (!viewBoxOf(attributes.get('viewBox'))) {
    attributes.set('viewBox', `0 0 ${stated.width} ${stated.height}`);
  }
  attributes.set('width', String(usable.width));
  attributes.set('height', String(usable.height));
  return usable;
}

function enlargeTinyUnits(root: SvgElement) {
  const { attributes, children } = root;
  const box = viewBoxOf(attributes.get('viewBox'));
  if (!box || Math.max(box.width, box.height) >= MIN_BOX_SIDE) return;
  const scale = USABLE_SIDE / Math.max(box.width, box.height);
  const enlarged = [box.x, box.y, box.width, box.height].map((length) => length * scale);
  attributes.set('viewBox', enlarged.join(' '));
  root.children = [
    { name: 'g', attributes: new Map([['transform', `scale(${scale})`]]), children },
  ];
}

function statedSizeOf({ attributes }: SvgElement): Size | null {
  const box = viewBoxOf(attributes.get('viewBox'));
  const width = pixelsOf(attributes.get('width'));
  const height = pixelsOf(attributes.get('height'));
  if (width !== null && height !== null) return ifVisible({ width, height });
  if (!box) return null;
  if (width !== null) return ifVisible({ width, height: (width * box.height) / box.width });
  if (height !== null) return ifVisible({ width: (height * box.width) / box.height, height });
  return ifVisible(box);
}

const ifVisible = ({ width, height }: Size): Size | null =>
  width > 0 && height > 0 && Number.isFinite(width) && Number.isFinite(height)
    ? { width, height }
    : null;

const rounded = ({ width, height }: Size): Size => ({
  width: Math.max(1, Math.round(width)),
  height: Math.max(1, Math.round(height)),
});

function isUsable(stated: Size, size: Size): boolean {
  const distortion = (size.width / size.height) * (stated.height / stated.width);
  return (
    Math.min(stated.width, stated.height) >= 1 &&
    Math.max(stated.width, stated.height) <= MAX_SIDE &&
    Math.abs(Math.log(distortion)) <= MAX_DISTORTION
  );
}

function usableSize({ width, height }: Size): Size {
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  const scale = Math.min(Math.max(1, 1 / short, USABLE_SIDE / long), MAX_SIDE / long);
  return rounded({ width: width * scale, height: height * scale });
}

function pixelsOf(length: string | undefined): number | null {
  const [, number, unit = ''] = LENGTH.exec(length?.trim() ?? '') ?? [];
  const factor = PIXELS_PER[unit.toLowerCase()];
  return number === undefined || factor === undefined ? null : Number(number) * factor;
}

function viewBoxOf(text: string | undefined): (Size & { x: number; y: number }) | null {
  const [, x = 0, y = 0, width, height] = (VIEW_BOX.exec(text ?? '') ?? []).map(Number);
  return width && height ? { x, y, width, height } : null;
}
