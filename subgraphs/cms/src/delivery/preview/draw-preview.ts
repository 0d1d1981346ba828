import { ACCEPTED_TYPES } from '../../files/file-types/accepted-types.ts';
import { NoPreviewError } from './no-preview-error.ts';
import { drawFirstPage } from './pdf.ts';
import { grabPoster } from './video.ts';

interface Source {
  path: string;
  /** As the bytes were found to be. */
  mimeType: string;
  durationSeconds: number | null;
  to: string;
  /** Of a picture in a document: drawFirstPage says what they cost. */
  maxImagePixels?: number;
  /** As findFfmpeg tells. */
  ffmpeg: string | null;
  signal: AbortSignal;
}

/**
 * Writes a PNG of 2048 × 2048 pixels at most that stands for a document or a video.
 *
 * @throws NoPreviewError when there is none for these bytes, or for want of ffmpeg on this machine
 */
export async function drawPreview({ ffmpeg, ...source }: Source): Promise<void> {
  if (source.mimeType === ACCEPTED_TYPES.PDF.mimeType) return drawFirstPage(source);
  if (!ffmpeg) throw new NoPreviewError('ffmpeg is not installed.');
  return grabPoster({ ffmpeg, ...source });
}
