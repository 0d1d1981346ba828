import type { ByteSource } from './png-chunks.ts';
import { chunksIn, pngChunk } from './png-chunks.ts';
import { sharp } from './sharp.ts';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const CONTROL_BYTES = 26;
/** Before the first frame. They apply to all of them, and change what is shown. */
const SHARED = new Set(['PLTE', 'tRNS', 'iCCP']);
const MAX_SHARED_BYTES = 64 * 1024;
/** Each takes a millisecond, however small it is. */
export const MAX_APNG_FRAMES = 2_000;
const RESTORE_BACKGROUND = 1;
const RESTORE_PREVIOUS = 2;
const OVER = 1;

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  readonly delayMs: number;
  readonly disposal: number;
  readonly blending: number;
  /** A PNG with this frame only. */
  readonly png: Buffer;
}

/** The number of frames that a PNG states, 1 if it does not move (PNG, third edition, 11.3.6.1). */
export function countFrames(file: ByteSource): number {
  for (const { type, start } of chunksIn(file)) {
    if (type === 'IDAT') return 1;
    const body = type === 'acTL' ? file.slice(start, 4) : null;
    if (body?.length === 4) return Math.max(1, body.readUInt32BE());
  }
  return 1;
}

/**
 * The frames of an animated PNG (PNG, third edition, 11.3.6), which the image library does not read.
 * Stops where a frame is invalid.
 */
function* framesIn(file: ByteSource): Generator<Frame> {
  let header: Buffer = Buffer.alloc(0);
  const shared = new Map<string, Buffer>();
  let control: Buffer | null = null;
  let data: Buffer[] = [];
  const finish = (): Frame | null => {
    const frame =
      control && data.length > 0
        ? frameOf(control, { header, shared: [...shared.values()], data })
        : null;
    data = [];
    return frame;
  };
  for (const { type, start, length } of chunksIn(file)) {
    const read = () => file.slice(start, length);
    if (type === 'IHDR') header = read();
    else if (SHARED.has(type) && length <= MAX_SHARED_BYTES)
      shared.set(type, pngChunk(type, read()));
    else if (type === 'IDAT' && control) data.push(read());
    else if (type === 'fdAT') data.push(read().subarray(4));
    else if (type === 'fcTL' || type === 'IEND') {
      const frame = finish();
      if (frame) yield frame;
      control = type === 'fcTL' ? read() : null;
      if (control && control.length < CONTROL_BYTES) return;
    }
  }
}

function frameOf(
  control: Buffer,
  { header, shared, data }: { header: Buffer; shared: Buffer[]; data: Buffer[] },
): Frame {
  const [width, height] = [control.readUInt32BE(4), control.readUInt32BE(8)];
  const ownHeader = Buffer.from(header);
  ownHeader.writeUInt32BE(width, 0);
  ownHeader.writeUInt32BE(height, 4);
  const [numerator, denominator] = [control.readUInt16BE(20), control.readUInt16BE(22) || 100];
  return {
    width,
    height,
    left: control.readUInt32BE(12),
    top: control.readUInt32BE(16),
    delayMs: Math.round((1000 * numerator) / denominator),
    disposal: control[24] ?? 0,
    blending: control[25] ?? 0,
    png: Buffer.concat([
      SIGNATURE,
      pngChunk('IHDR', ownHeader),
      ...shared,
      pngChunk('IDAT', Buffer.concat(data)),
      pngChunk('IEND', Buffer.alloc(0)),
    ]),
  };
}

/** The number of repetitions, 0 for endless. */
function repetitionsOf(file: ByteSource): number {
  for (const { type, start } of chunksIn(file))
    if (type === 'acTL') return file.slice(start + 4, 4).readUInt32BE();
  return 0;
}

/**
 * The same animation as a lossless WebP, of at most `maxFrames` frames.
 *
 * @throws if a frame cannot be decoded
 */
export async function apngToWebp(
  file: ByteSource,
  { width, height, maxFrames }: { width: number; height: number; maxFrames: number },
): Promise<Buffer> {
  const canvas = Buffer.alloc(width * height * 4);
  const images: Buffer[] = [];
  const delays: number[] = [];
  for (const frame of framesIn(file)) {
    if (images.length === maxFrames) break;
    if (frame.left + frame.width > width || frame.top + frame.height > height)
      throw new RangeError('A frame is larger than the image.');
    const pixels = await sharp(frame.png, { failOn: 'error', limitInputPixels: width * height })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw()
      .toBuffer();
    const before = frame.disposal === RESTORE_PREVIOUS ? Buffer.from(canvas) : null;
    paint(canvas, width, frame, pixels);
    images.push(Buffer.from(canvas));
    delays.push(frame.delayMs);
    if (before) before.copy(canvas);
    else if (frame.disposal === RESTORE_BACKGROUND)
      paint(canvas, width, { ...frame, blending: 0 }, null);
  }
  if (images.length === 0) throw new RangeError('There are no frames.');
  const raw = { width, height: height * images.length, channels: 4, pageHeight: height } as const;
  return sharp(Buffer.concat(images), { raw, limitInputPixels: false })
    .webp({ lossless: true, effort: 0, delay: delays, loop: repetitionsOf(file) })
    .toBuffer();
}

/** @param pixels RGBA; null to clear the area */
function paint(
  canvas: Buffer,
  canvasWidth: number,
  { left, top, width, height, blending }: Omit<Frame, 'png'>,
  pixels: Buffer | null,
): void {
  for (let y = 0; y < height; y += 1) {
    const to = ((top + y) * canvasWidth + left) * 4;
    if (!pixels) canvas.fill(0, to, to + width * 4);
    else if (blending !== OVER) pixels.copy(canvas, to, y * width * 4, (y + 1) * width * 4);
    else for (let x = 0; x < width; x += 1) blend(canvas, to + x * 4, pixels, (y * width + x) * 4);
  }
}

/** Source over destination, both with straight alpha (Porter and Duff, 1984). */
function blend(canvas: Buffer, to: number, pixels: Buffer, from: number): void {
  const alpha = (pixels[from + 3] ?? 0) / 255;
  const below = ((canvas[to + 3] ?? 0) / 255) * (1 - alpha);
  const sum = alpha + below;
  if (sum === 0) return;
  for (let channel = 0; channel < 3; channel += 1) {
    const above = (pixels[from + channel] ?? 0) * alpha;
    canvas[to + channel] = Math.round((above + (canvas[to + channel] ?? 0) * below) / sum);
  }
  canvas[to + 3] = Math.round(sum * 255);
}
