const TRAILER = 0x3b;
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const PADDING = 0x00;

/**
 * Whether the blocks of a GIF continue up to its trailer (GIF89a, appendix B). The decoder accepts
 * a truncated animation as a shorter one.
 *
 * @param byteAt undefined beyond the end
 */
export function isCompleteGif(byteAt: (offset: number) => number | undefined): boolean {
  let position = 13 + colourTableBytes(byteAt(10));
  for (;;) {
    switch (byteAt(position)) {
      case TRAILER:
        return true;
      case EXTENSION:
        position = afterSubBlocks(byteAt, position + 2);
        break;
      case IMAGE:
        position = afterSubBlocks(byteAt, position + 11 + colourTableBytes(byteAt(position + 9)));
        break;
      case PADDING: // Not specified, but found in files of old encoders.
        position += 1;
        break;
      default:
        return false;
    }
  }
}

const colourTableBytes = (flags = 0) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);

function afterSubBlocks(byteAt: (offset: number) => number | undefined, start: number): number {
  let position = start;
  for (;;) {
    const size = byteAt(position);
    if (size === undefined) return position;
    position += 1 + size;
    if (size === 0) return position;
  }
}
