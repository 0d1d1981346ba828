/** An image in a format that the image library reads. */
export interface Converted {
  /** In pixels as shown. */
  readonly width: number;
  readonly height: number;
  /** Whether the original moves; only its first image is converted. */
  readonly animated: boolean;
  /** JPEG, or PNG if it has transparency; null if the file contains no image that can be converted. */
  readonly image: Buffer | null;
}

/**
 * Converts a file. Runs only in worker processes.
 * @throws ConversionError
 */
export type Converter = (
  path: string,
  limits: { readonly maxPixels: number },
) => Promise<Converted>;

/**
 * - `damaged`: the file is incomplete or its content invalid
 * - `too large`: it has more pixels than allowed, see `size`
 * - `unsupported`: it is whole as far as is known, but contains something that no decoder here reads
 */
export class ConversionError extends Error {
  readonly reason: 'damaged' | 'too large' | 'unsupported';
  readonly size: { readonly width: number; readonly height: number } | null;

  constructor(
    reason: ConversionError['reason'],
    message: string,
    { size = null, cause }: { size?: ConversionError['size']; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.name = 'ConversionError';
    this.reason = reason;
    this.size = size;
  }
}

export const damaged = (message: string, cause?: unknown) =>
  new ConversionError('damaged', message, { cause });

/** Call it before memory is allocated for the pixels. */
export function checkSize(size: { width: number; height: number }, maxPixels: number): void {
  if (!(size.width > 0 && size.height > 0)) throw damaged('The image has no size.');
  if (size.width * size.height > maxPixels)
    throw new ConversionError('too large', 'The image has too many pixels.', { size });
}
