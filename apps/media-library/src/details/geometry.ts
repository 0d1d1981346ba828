import type { Point } from './draft.ts';

export const CENTRE: Point = { x: 0.5, y: 0.5 };

const clamp = (value: number, max: number) => Math.min(Math.max(value, 0), max);

/** A point in the image, in thousandths as the server keeps it. */
export const pointAt = (x: number, y: number): Point => ({
  x: Math.round(clamp(x, 1) * 1_000) / 1_000,
  y: Math.round(clamp(y, 1) * 1_000) / 1_000,
});

/** The CSS width of an image that is shown completely in `vh` percent of the window's height, and never enlarged. */
export const shownWidth = ({ width, height }: Partial<Nullable<Size>>, vh: number): string =>
  width && height ? `min(100%, ${width}px, ${((vh * width) / height).toFixed(2)}vh)` : 'auto';

type Nullable<Values> = { readonly [Key in keyof Values]: Values[Key] | null };

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * The CSS `object-position` with which `object-fit: cover` crops as the server does: `point` is in the middle of the
 * area unless the image ends before.
 */
export function cropPosition(image: Size, ratio: number, point: Point): string {
  const scale = Math.max(ratio / image.width, 1 / image.height);
  const share = (length: number, visible: number, at: number) => {
    const hidden = length * scale - visible;
    return hidden < 1e-6 ? 0.5 : clamp(at * length * scale - visible / 2, hidden) / hidden;
  };
  const x = share(image.width, ratio, point.x);
  const y = share(image.height, 1, point.y);
  return `${(x * 100).toFixed(2)}% ${(y * 100).toFixed(2)}%`;
}
