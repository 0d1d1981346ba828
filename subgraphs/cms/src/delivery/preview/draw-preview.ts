import { ACCEPTED_TYPES } from '../../files/file-types/accepted-types.ts';
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
 * Writes a PNG of at most 2048 × 2048 pixels that represents a document or a video.
 *
 * @throws NoPreviewError if these bytes have no preview or ffmpeg is missing
 */
export async function drawPreview({ ffmpeg, ...source }: Source): Promise<void> {
  if (source.mimeType === ACCEPTED_TYPES.PDF.mimeType) return drawFirstPage(source);
  if (!ffmpeg) throw new NoPreviewError('ffmpeg is not installed.');
  return grabPoster({ ffmpeg, ...source });
}
