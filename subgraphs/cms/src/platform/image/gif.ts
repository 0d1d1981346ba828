const TRAILER = 0x3b;
const EXTENSION = 0x21;
const CONTROL = 0xf9;
const IMAGE = 0x2c;
const PADDING = 0x00;
const RESTORE_BACKGROUND = 2;
const LAST_COLOUR = 0xff;
/** The code size of images that may use all 256 colours. */
const ALL_COLOURS = 8;
const MAX_CLEARED = 100_000;

/** What is read of a GIF without decoding it. */
export interface GifStructure {
  /**
   * Whether its blocks continue up to the trailer. The decoder accepts a truncated animation as a
   * shorter one.
   */
  readonly isComplete: boolean;
  /**
   * Whether parts of the canvas are transparent although no image has a transparent colour: where
   * no image is drawn. The decoder would show them black.
   */
  readonly isTransparentWhereEmpty: boolean;
  /** Where the trailer is, or would be. */
  readonly end: number;
  /**
   * Where the controls of images are that are cleared afterwards, and that cannot use the last colour
   * because they have fewer.
   */
  readonly clearedControls: readonly number[];
}

type ByteAt = (offset: number) => number | undefined;

/**
 * Reads the blocks of a GIF (GIF89a, appendix B).
 *
 * @param byteAt undefined beyond the end
 */
export function readGif(byteAt: ByteAt): GifStructure {
  const wordAt = (offset: number) => (byteAt(offset) ?? 0) + 256 * (byteAt(offset + 1) ?? 0);
  const canvas = { width: wordAt(6), height: wordAt(8) };
  let position = 13 + colourTableBytes(byteAt(10));
  let images = 0;
  let hasTransparentColour = false;
  let isEmptySomewhere = false;
  let control: number | null = null;
  const clearedControls: number[] = [];
  const structure = (isComplete: boolean) => ({
    isComplete,
    isTransparentWhereEmpty: isEmptySomewhere && !hasTransparentColour,
    end: position,
    clearedControls,
  });
  for (;;) {
    switch (byteAt(position)) {
      case TRAILER:
        return structure(true);
      case EXTENSION:
        if (byteAt(position + 1) === CONTROL) {
          const flags = byteAt(position + 3) ?? 0;
          hasTransparentColour ||= (flags & 1) === 1;
          const isCleared = ((flags >> 2) & 7) === RESTORE_BACKGROUND;
          isEmptySomewhere ||= isCleared;
          control = isCleared ? position : null;
        }
        position = afterSubBlocks(byteAt, position + 2);
        break;
      case IMAGE: {
        images += 1;
        const [left, top] = [wordAt(position + 1), wordAt(position + 3)];
        const [width, height] = [wordAt(position + 5), wordAt(position + 7)];
        const covers = left + top === 0 && width >= canvas.width && height >= canvas.height;
        if (images === 1 && !covers) isEmptySomewhere = true;
        const data = position + 10 + colourTableBytes(byteAt(position + 9));
        const isFree = (byteAt(data) ?? ALL_COLOURS) < ALL_COLOURS;
        if (control !== null && isFree && clearedControls.length < MAX_CLEARED)
          clearedControls.push(control);
        control = null;
        position = afterSubBlocks(byteAt, data + 1);
        break;
      }
      case PADDING: // Not specified, but found in files of old encoders.
        position += 1;
        break;
      default:
        return structure(false);
    }
  }
}

const colourTableBytes = (flags = 0) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);

function afterSubBlocks(byteAt: ByteAt, start: number): number {
  let position = start;
  for (;;) {
    const size = byteAt(position);
    if (size === undefined) return position;
    position += 1 + size;
    if (size === 0) return position;
  }
}

/**
 * The same GIF, so that the decoder leaves transparent what is empty. It does so only in files with a
 * transparent colour, and only after images with one: those get a colour that they do not use. The
 * file gets one more image at its end, of one transparent pixel, which the caller leaves out.
 */
export function withTransparency(gif: Buffer, { end, clearedControls }: GifStructure): Buffer {
  const changed = Buffer.from(gif);
  for (const at of clearedControls) {
    changed[at + 3] = (changed[at + 3] ?? 0) | 1;
    changed[at + 6] = LAST_COLOUR;
  }
  const control = [EXTENSION, CONTROL, 4, 1, 0, 0, 0, 0];
  const image = [IMAGE, 0, 0, 0, 0, 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 0, 2, 2, 0x44, 1, 0];
  return Buffer.concat([changed.subarray(0, end), Buffer.from([...control, ...image, TRAILER])]);
}
