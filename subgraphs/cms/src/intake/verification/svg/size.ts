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
const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
const LENGTH = new RegExp(String.raw`^\s*(${NUMBER})\s*([a-z]*)\s*$`, 'i');
const VIEW_BOX = new RegExp(
  String.raw`^\s*${Array(4)
    .fill(`(${NUMBER})`)
    .join(String.raw`[\s,]+`)}\s*$`,
  'i',
);

/**
 * The size in whole pixels, as browsers show it: from `width` and `height` in absolute units; a
 * missing one follows from the ratio of the `viewBox`. Null if neither exists or the size is zero.
 */
export function sizeOf({ attributes }: SvgElement): Size | null {
  const box = viewBoxOf(attributes.get('viewBox'));
  const width = pixelsOf(attributes.get('width'));
  const height = pixelsOf(attributes.get('height'));
  if (width !== null && height !== null) return whole({ width, height });
  if (!box) return null;
  if (width !== null) return whole({ width, height: (width * box.height) / box.width });
  if (height !== null) return whole({ width: (height * box.width) / box.height, height });
  return whole(box);
}

function pixelsOf(length: string | undefined): number | null {
  const [, number, unit = ''] = LENGTH.exec(length ?? '') ?? [];
  const factor = PIXELS_PER[unit.toLowerCase()];
  return number === undefined || factor === undefined ? null : Number(number) * factor;
}

function viewBoxOf(text: string | undefined): Size | null {
  const [, , , width, height] = (VIEW_BOX.exec(text ?? '') ?? []).map(Number);
  return width && height ? { width, height } : null;
}

function whole({ width, height }: Size): Size | null {
  if (!(width > 0 && height > 0 && Number.isFinite(width * height))) return null;
  return { width: Math.max(1, Math.round(width)), height: Math.max(1, Math.round(height)) };
}
