import { readFile } from 'node:fs/promises';
import { isCompletePng, sourceOf } from '../png-chunks.ts';
import { readBmpHeader } from './bmp.ts';
import { convertWithCanvas } from './canvas.ts';
import { type Converter, checkSize, damaged } from './conversion.ts';

const HEADER_BYTES = 6;
const ENTRY_BYTES = 16;
/** Icons have a dozen. */
const MAX_IMAGES = 256;
const PNG_SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** Converts the largest image of a Windows icon, as browsers choose it. */
export const convertIco: Converter = async (path, { maxPixels }) => {
  const bytes = await readFile(path);
  const count = bytes.length >= HEADER_BYTES ? bytes.readUInt16LE(4) : 0;
  if (count === 0 || count > MAX_IMAGES) throw damaged('The list of images is invalid.');
  const checked = new Set<number>();
  for (let index = 0; index < count; index += 1) {
    const entry = bytes.subarray(HEADER_BYTES + index * ENTRY_BYTES).subarray(0, ENTRY_BYTES);
    if (entry.length < ENTRY_BYTES) throw damaged('The list of images is incomplete.');
    const [length, start] = [entry.readUInt32LE(8), entry.readUInt32LE(12)];
    if (start + length > bytes.length) throw damaged('An image is incomplete.');
    // Several entries may share an image.
    if (!checked.has(start)) checkImage(bytes.subarray(start, start + length), maxPixels);
    checked.add(start);
  }
  return { ...(await convertWithCanvas(bytes)), animated: false };
};

function checkImage(image: Buffer, maxPixels: number): void {
  if (!image.subarray(0, PNG_SIGNATURE.length).equals(PNG_SIGNATURE)) {
    // The stated height is that of the colours and the mask together.
    const { width, height } = readBmpHeader(image, { dibStart: 0 });
    checkSize({ width, height: Math.ceil(height / 2) }, maxPixels);
    return;
  }
  if (image.length < 24 || !isCompletePng(sourceOf(image), image.length))
    throw damaged('An image is incomplete.');
  checkSize({ width: image.readUInt32BE(16), height: image.readUInt32BE(20) }, maxPixels);
}
