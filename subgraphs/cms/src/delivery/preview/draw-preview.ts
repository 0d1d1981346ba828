import { findType } from '../../files/file-types/file-types.ts';
import { convertToPreview } from './converted.ts';
import { NoPreviewError } from './no-preview-error.ts';
import { drawFirstPage } from './pdf.ts';
import { grabPoster } from './video.ts';

interface Source {
  path: string;
  /** The type detected from the bytes. */
  mimeType: string;
  durationSeconds: number | null;
  to: string;
  /** The maximum for images in a PDF, see drawFirstPage. */
  maxImagePixels?: number;
  /** From findFfmpeg. */
  ffmpeg: string | null;
  signal: AbortSignal;
}

/**
 * Writes an image that represents the file: of a document or a video a PNG of at most 2048 × 2048 pixels, of an image
 * that the image library does not read the whole image.
 *
 * @throws NoPreviewError if these bytes have no preview or ffmpeg is missing
 */
export async function drawPreview({ ffmpeg, ...source }: Source): Promise<void> {
  const shownAs = findType(source.mimeType)?.shownAs;
  if (shownAs === 'page') return drawFirstPage(source);
  if (shownAs === 'converted') return convertToPreview(source);
  if (!ffmpeg) throw new NoPreviewError('ffmpeg is not installed.');
  return grabPoster({ ffmpeg, ...source });
}
