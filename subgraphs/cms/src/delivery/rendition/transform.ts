import { badUserInput } from '@federated-media/subgraph-kit/errors';
import { excerpt } from '@federated-media/subgraph-kit/excerpt';
import type { ImageFormat, ImageTransform } from '../../generated/graphql.ts';
import type { MediaFileRecord } from '../../model/media-file.ts';
import type { FormatChoice } from './format.ts';
import { type Box, MAX_SIDE } from './geometry.ts';
import { type Presets, readColour } from './presets.ts';
import type { Recipe } from './recipe.ts';

const MAX_QUALITY = 100;
const FORMATS = {
  AUTO: 'auto',
  AVIF: 'avif',
  WEBP: 'webp',
  JPEG: 'jpeg',
  PNG: 'png',
} satisfies Record<ImageFormat, FormatChoice>;

/**
 * Converts a client's transform into a recipe with the file's focal point.
 * @throws BAD_USER_INPUT with the field, for unknown presets and values out of range
 */
export function toRecipe(
  transform: ImageTransform,
  { presets, file }: { presets: Presets; file: Pick<MediaFileRecord, 'focalX' | 'focalY'> },
): Recipe {
  const { preset: name = null } = transform;
  const preset = name === null ? undefined : presets.get(name);
  if (name !== null && !preset) {
    const known = [...presets.keys()].join(', ');
    throw badUserInput(`Unknown preset "${excerpt(name)}". Available presets: ${known}.`, [
      'transform',
      'preset',
    ]);
  }
  const width = within(transform.width, { field: 'width', max: MAX_SIDE, unit: ' pixels' });
  const height = within(transform.height, { field: 'height', max: MAX_SIDE, unit: ' pixels' });
  const quality = within(transform.quality, { field: 'quality', max: MAX_QUALITY, unit: '' });
  const background = colourOf(transform.background);
  const box = preset ? resized(preset, { width, height }) : { width, height };
  const fit = preset?.fit ?? transform.fit ?? 'INSIDE';
  return {
    ...box,
    // COVER and CONTAIN need both sides. With fewer, all three fits are the same.
    fit: box.width === null || box.height === null ? 'INSIDE' : fit,
    focus: { x: thousandths(file.focalX), y: thousandths(file.focalY) },
    format: FORMATS[transform.format ?? 'AUTO'],
    quality: quality ?? preset?.quality ?? null,
    background: background ?? preset?.background ?? null,
  };
}

type Sides = Pick<Box, 'width' | 'height'>;

/**
 * Scales a preset to the requested width or height. Its aspect ratio stays unless both sides are
 * given.
 */
export function resized(box: Sides, { width, height }: Sides): Sides {
  if (width === null && height === null) return { width: box.width, height: box.height };
  if (box.width === null || box.height === null || (width !== null && height !== null)) {
    return { width, height };
  }
  const scale = width !== null ? width / box.width : (height ?? box.height) / box.height;
  return {
    width: width ?? sideOf(box.width * scale),
    height: height ?? sideOf(box.height * scale),
  };
}

const sideOf = (length: number) => Math.min(MAX_SIDE, Math.max(1, Math.round(length)));

function within(
  value: number | null = null,
  { field, max, unit }: { field: string; max: number; unit: string },
): number | null {
  if (value === null) return null;
  if (value >= 1 && value <= max) return value;
  throw badUserInput(`\`${field}\` must be between 1 and ${max}${unit}.`, ['transform', field]);
}

function colourOf(text: string | null = null): string | null {
  if (text === null) return null;
  const colour = readColour(text);
  if (colour !== null) return colour;
  throw badUserInput('`background` must be a colour such as #ffffff.', ['transform', 'background']);
}

const thousandths = (share: number | null) => (share === null ? 500 : Math.round(share * 1000));
