/** Sizes in whole pixels, each at least 1. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export type Fit = 'INSIDE' | 'COVER' | 'CONTAIN';

/** The requested size of a rendition. A missing side follows from the other one. */
export interface Box {
  readonly width: number | null;
  readonly height: number | null;
  readonly fit: Fit;
  /** The focal point, in thousandths from the top left. */
  readonly focus: { readonly x: number; readonly y: number };
}

/**
 * How to get from the image to the rendition: scale the whole image, then crop it or place it on a
 * canvas.
 */
export interface Plan {
  readonly scaled: Size;
  /** The part of the scaled image that is kept. */
  readonly crop: (Size & { readonly left: number; readonly top: number }) | null;
  /** The canvas that the scaled image is centred on. */
  readonly canvas: Size | null;
}

/** The maximum length of a side of any rendition. */
export const MAX_SIDE = 4096;

/** Renderers of drawings are limited to sides of this length, and memory to so many pixels. */
const MAX_DRAWN_SIDE = 32_000;
const MAX_DRAWN_PIXELS = 2 * MAX_SIDE ** 2;

/** A drawing, which is as sharp in any size, may be enlarged. */
export interface Source extends Size {
  readonly isVector?: boolean;
}

/**
 * How to scale and crop `image` into `box`. Only drawings are enlarged, and very thin ones not to
 * every size. If an image is smaller than the box, COVER and CONTAIN keep the box's aspect ratio and
 * use the largest size that fits. Both need two sides; otherwise the fit is INSIDE.
 */
export function planFor(image: Source, { width, height, fit, focus }: Box): Plan {
  const isSized = width !== null || height !== null;
  const maxScale = image.isVector && isSized ? maxScaleOf(image) : 1;
  if (fit === 'INSIDE' || width === null || height === null) {
    const scale = Math.min(
      (width ?? MAX_SIDE) / image.width,
      (height ?? MAX_SIDE) / image.height,
      MAX_SIDE / Math.max(image.width, image.height),
      maxScale,
    );
    return { scaled: scaledBy(image, scale), crop: null, canvas: null };
  }

  const ratios = [width / image.width, height / image.height];
  const scale = fit === 'COVER' ? Math.max(...ratios) : Math.min(...ratios);
  const shape = scaledBy({ width, height }, Math.min(1, maxScale / scale));
  const fitting = scaledBy(image, Math.min(scale, maxScale));
  if (fit === 'CONTAIN') {
    const scaled = {
      width: Math.min(fitting.width, shape.width),
      height: Math.min(fitting.height, shape.height),
    };
    return { scaled, crop: null, canvas: isSame(scaled, shape) ? null : shape };
  }
  const scaled = {
    width: Math.max(fitting.width, shape.width),
    height: Math.max(fitting.height, shape.height),
  };
  if (isSame(scaled, shape)) return { scaled, crop: null, canvas: null };
  const left = startOf(scaled.width, shape.width, focus.x);
  const top = startOf(scaled.height, shape.height, focus.y);
  return { scaled, crop: { ...shape, left, top }, canvas: null };
}

const maxScaleOf = ({ width, height }: Size): number =>
  Math.min(MAX_DRAWN_SIDE / Math.max(width, height), Math.sqrt(MAX_DRAWN_PIXELS / width / height));

/** The size of the rendition. */
export function sizeOf({ scaled, crop, canvas }: Plan): Size {
  const { width, height } = crop ?? canvas ?? scaled;
  return { width, height };
}

/** The offset of a crop of `length` in `whole` that is centred on `focus` as closely as possible. */
const startOf = (whole: number, length: number, focus: number) =>
  Math.round(Math.min(Math.max((whole * focus) / 1000 - length / 2, 0), whole - length));

const scaledBy = ({ width, height }: Size, scale: number): Size => ({
  width: Math.max(1, Math.round(width * scale)),
  height: Math.max(1, Math.round(height * scale)),
});

const isSame = (a: Size, b: Size) => a.width === b.width && a.height === b.height;
