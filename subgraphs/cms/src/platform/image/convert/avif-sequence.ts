import { readFile, stat } from 'node:fs/promises';
import { boxAt, boxesIn } from '../media-boxes.ts';
import { convertWithCanvas } from './canvas.ts';
import { ConversionError, type Converter, checkSize, damaged } from './conversion.ts';

const MAX_BYTES = 200_000_000;
const TO_SAMPLES = ['mdia', 'minf', 'stbl'];
/** Of a sample entry, without the fields before it (ISO 14496-12, 12.1.3.2). */
const SIZE_AT = 8 + 24;

/** Converts the first image of an AVIF image sequence, which the image library does not open. */
export const convertAvifSequence: Converter = async (path, { maxPixels }) => {
  if ((await stat(path)).size > MAX_BYTES)
    throw new ConversionError('unsupported', 'The sequence is too large.');
  const bytes = await readFile(path);
  const track = readTrack(bytes);
  if (!track) throw damaged('The sequence has no track with images.');
  checkSize(track, maxPixels);
  return { ...(await convertWithCanvas(bytes)), animated: track.images > 1 };
};

/** The size and number of the images in the first track with AV1. */
function readTrack(bytes: Buffer): { width: number; height: number; images: number } | null {
  for (const { type, body } of boxesIn(boxAt(bytes, ['moov']) ?? Buffer.alloc(0))) {
    const samples = type === 'trak' ? boxAt(body, TO_SAMPLES) : undefined;
    const entry = samples && boxAt(samples, ['stsd'])?.subarray(8);
    const sizes = samples && boxAt(samples, ['stsz']);
    if (entry?.toString('latin1', 4, 8) !== 'av01' || entry.length < SIZE_AT + 4) continue;
    return {
      width: entry.readUInt16BE(SIZE_AT),
      height: entry.readUInt16BE(SIZE_AT + 2),
      images: sizes && sizes.length >= 12 ? sizes.readUInt32BE(8) : 1,
    };
  }
  return null;
}
