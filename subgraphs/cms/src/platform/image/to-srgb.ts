import type { OutputInfo, Sharp } from 'sharp';
import type { ColourCoding } from './colour-coding.ts';

export interface Pixels {
  /** Red, green, blue and perhaps alpha, row by row. */
  readonly data: Uint16Array;
  readonly channels: 3 | 4;
  /** The greatest value of a channel. */
  readonly max: number;
}

/** Diffuse white of images of high dynamic range, in candela per square metre (ITU-R BT.2408, 2.2). */
const WHITE_NITS = 203;
/** Brighter colours are compressed, so that highlights keep some detail. */
const KNEE = 0.8;
const TO_BT709: Readonly<Record<'bt709' | 'bt2020' | 'p3', readonly number[]>> = {
  bt709: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  bt2020: [1.6605, -0.5876, -0.0728, -0.1246, 1.1329, -0.0083, -0.0182, -0.1006, 1.1187],
  p3: [1.2249, -0.2247, 0, -0.042, 1.0419, 0, -0.0196, -0.0786, 1.0979],
};
const STEPS = 4096;

/** The pixels of an image whose colours the image library does not know, with 8 bits. */
export async function toSrgbPixels(
  image: Sharp,
  coding: ColourCoding,
): Promise<{ data: Uint8Array; info: OutputInfo & { channels: 3 | 4 } }> {
  const { data, info } = await image
    .toColourspace('rgb16')
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true });
  const channels = info.channels === 4 ? 4 : 3;
  const samples = new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
  const pixels = toSrgb({ data: samples, channels, max: 0xffff }, coding);
  return { data: pixels, info: { ...info, channels } };
}

/** Converts colours to sRGB with 8 bits. Colours brighter than white are compressed, and alpha stays. */
export function toSrgb({ data, channels, max }: Pixels, coding: ColourCoding): Uint8Array {
  const linear = Float32Array.from({ length: max + 1 }, (_none, value) =>
    toLinear(value / max, coding),
  );
  const linearAt = (at: number) => linear[data[at] ?? 0] ?? 0;
  const [rr = 1, rg = 0, rb = 0, gr = 0, gg = 1, gb = 0, br = 0, bg = 0, bb = 1] =
    TO_BT709[coding.kind === 'gamma' ? 'bt709' : coding.primaries];
  const result = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at += channels) {
    const [r, g, b] = [linearAt(at), linearAt(at + 1), linearAt(at + 2)];
    const gain = coding.kind === 'hlg' ? hlgGain(r, g, b) : 1;
    const red = (rr * r + rg * g + rb * b) * gain;
    const green = (gr * r + gg * g + gb * b) * gain;
    const blue = (br * r + bg * g + bb * b) * gain;
    const scale = compress(Math.max(red, green, blue));
    result[at] = encode(red * scale);
    result[at + 1] = encode(green * scale);
    result[at + 2] = encode(blue * scale);
    if (channels === 4) result[at + 3] = Math.round(((data[at + 3] ?? 0) / max) * 255);
  }
  return result;
}

/** Light in proportion to diffuse white; for HLG before `hlgGain`. */
function toLinear(value: number, coding: ColourCoding): number {
  if (coding.kind === 'gamma') return value ** coding.exponent;
  return coding.kind === 'pq' ? pqNits(value) / WHITE_NITS : hlgScene(value);
}

/** SMPTE ST 2084, also ITU-R BT.2100, table 4. */
function pqNits(value: number): number {
  const power = value ** (32 / 2523);
  return (
    10_000 * (Math.max(power - 107 / 128, 0) / (2413 / 128 - (2392 / 128) * power)) ** (8192 / 1305)
  );
}

/** ITU-R BT.2100, table 5: the light of the scene. */
const hlgScene = (value: number): number =>
  value <= 0.5
    ? value ** 2 / 3
    : (Math.exp((value - 0.559_910_73) / 0.178_832_77) + 0.284_668_92) / 12;

/** ITU-R BT.2100, table 5: from the scene to a display of 1,000 nits, by the luminance. */
const hlgGain = (red: number, green: number, blue: number): number =>
  (0.2627 * red + 0.678 * green + 0.0593 * blue) ** 0.2 * (1_000 / WHITE_NITS);

/** The factor for a colour whose brightest channel is `peak`. */
function compress(peak: number): number {
  if (peak <= KNEE) return 1;
  const room = 1 - KNEE;
  return (KNEE + room * (1 - Math.exp((KNEE - peak) / room))) / peak;
}

/** IEC 61966-2-1, by a table: the power takes most of the time otherwise. */
const ENCODED = Uint8Array.from({ length: STEPS + 1 }, (_none, step) => {
  const light = (step / STEPS) ** 2;
  return Math.round(
    255 * (light <= 0.003_130_8 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055),
  );
});
const encode = (light: number): number =>
  ENCODED[Math.round(Math.sqrt(Math.min(Math.max(light, 0), 1)) * STEPS)] ?? 0;
