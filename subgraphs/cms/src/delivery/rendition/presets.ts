import { z } from 'zod';
import { type Box, MAX_SIDE } from './geometry.ts';
import { type Recipe, isCentred } from './recipe.ts';

export interface Preset extends Pick<Box, 'width' | 'height' | 'fit'> {
  readonly quality: number | null;
  readonly background: string | null;
}
export type Presets = ReadonlyMap<string, Preset>;

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const side = z.int().min(1).max(MAX_SIDE).nullable().default(null);

const presetSetting = z
  .strictObject({
    width: side,
    height: side,
    fit: z.enum(['INSIDE', 'COVER', 'CONTAIN']).default('INSIDE'),
    quality: z.int().min(1).max(100).nullable().default(null),
    background: z.string().transform(toBackground).nullable().default(null),
  })
  .refine(({ width, height }) => width !== null || height !== null, 'needs a width or a height');

const presetsSetting = z.record(z.string().regex(NAME), presetSetting);

const DEFAULTS = presetsSetting.parse({
  thumbnail: { width: 200, height: 200, fit: 'COVER' },
  card: { width: 480, height: 360, fit: 'COVER' },
  hero: { width: 1920, height: 1080, fit: 'COVER' },
  og: { width: 1200, height: 630, fit: 'COVER' },
});

/** The presets of the setting (JSON by name) in addition to the four defaults. */
export function readPresets(json: string | undefined, context?: z.RefinementCtx): Presets {
  const parsed = presetsSetting.safeParse(json === undefined ? {} : parseJson(json));
  if (parsed.success) return new Map(Object.entries({ ...DEFAULTS, ...parsed.data }));
  const [issue] = parsed.error.issues;
  const detail = issue?.path.length ? ` (${issue.path.join('.')}: ${issue.message})` : '';
  const message = `must be JSON such as {"card":{"width":480,"height":360,"fit":"COVER"}}${detail}`;
  context?.addIssue({ code: 'custom', message });
  return new Map();
}

/**
 * Whether a recipe is one of the presets, in any format. Presets are few and always kept. A crop
 * around a file's own focal point is not a preset, because it can be moved any number of times.
 */
export const isPreset = (recipe: Omit<Recipe, 'format'>, presets: Presets): boolean =>
  isCentred(recipe) &&
  presets.values().some((preset) => FIELDS.every((field) => preset[field] === recipe[field]));

const FIELDS = ['width', 'height', 'fit', 'quality', 'background'] as const;

/** Converts `#fff` and `#FFFFFF` to `ffffff`. */
export function readColour(text: string): string | null {
  const [, digits] = /^#([0-9a-f]{6}|[0-9a-f]{3})$/i.exec(text) ?? [];
  if (digits === undefined) return null;
  const six = digits.length === 6 ? digits : [...digits].map((digit) => digit + digit).join('');
  return six.toLowerCase();
}

function toBackground(text: string, context: z.RefinementCtx): string {
  const colour = readColour(text);
  if (colour !== null) return colour;
  context.addIssue({ code: 'custom', message: 'must be a colour such as #ffffff' });
  return z.NEVER;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Reported as invalid JSON by the caller.
  }
}
