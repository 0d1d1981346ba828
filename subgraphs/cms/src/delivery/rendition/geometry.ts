/** Sizes in whole pixels, each at least 1. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export type Fit = 'INSIDE' | 'COVER' | 'CONTAIN';

/** What is wanted of a picture's size. A side that is absent follows from the other. */
export interface Box {
  readonly width: number | null;
  readonly height: number | null;
  readonly fit: Fit;
  /** Where to crop around, in thousandths from the top left. */
  readonly focus: { readonly x: number; readonly y: number };
}

/** How to get there: the whole picture is scaled, then cut, or laid on a canvas. */
export interface Plan {
  readonly scaled: Size;
  /** The part of the scaled picture that is kept. */
  readonly crop: (Size & { readonly left: number; readonly top: number }) | null;
  /** What the scaled picture is laid upon, in the middle. */
  readonly canvas: Size | null;
}

/** No side of a rendition is longer, whatever the picture and whatever is asked. */
export const MAX_SIDE = 4096;

/**
 * How `picture` comes to be as `box` asks, never enlarged: where it is smaller than the box, COVER and
 * CONTAIN keep the box's shape and make it as large as the picture allows. They need both sides; with one
 * side only, or none, a picture goes inside.
 */
export function planFor(image: Size, { width, height, fit, focus }: Box): Plan {
  if (fit === 'INSIDE' || width === null || height === null) {
    const scale = Math.min(
      (width ?? MAX_SIDE) / image.width,
      (height ?? MAX_SIDE) / image.height,
      MAX_SIDE / Math.max(image.width, image.height),
      1,
    );
    return { scaled: scaledBy(image, scale), crop: null, canvas: null };
  }

  const ratios = [width / image.width, height / image.height];
  const wanted = fit === 'COVER' ? Math.max(...ratios) : Math.min(...ratios);
  const shape = scaledBy({ width, height }, Math.min(1, 1 / wanted));
  const fitting = scaledBy(image, Math.min(wanted, 1));
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

/** The size a picture has in the end. */
export function sizeOf({ scaled, crop, canvas }: Plan): Size {
  const { width, height } = crop ?? canvas ?? scaled;
  return { width, height };
}

/** Where to cut `length` out of `whole`, so that the point in `focus` is as near to the middle as it can be. */
const startOf = (whole: number, length: number, focus: number) =>
  Math.round(Math.min(Math.max((whole * focus) / 1000 - length / 2, 0), whole - length));

const scaledBy = ({ width, height }: Size, scale: number): Size => ({
  width: Math.max(1, Math.round(width * scale)),
  height: Math.max(1, Math.round(height * scale)),
});

const isSame = (a: Size, b: Size) => a.width === b.width && a.height === b.height;
