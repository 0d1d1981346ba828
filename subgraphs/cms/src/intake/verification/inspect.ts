import {
  ACCEPTED,
  ACCEPTED_TYPES,
  type AcceptedType,
} from '../../files/file-types/accepted-types.ts';
import { type Claims, contradictionOf, falseClaimOf } from '../../files/file-types/claims.ts';
import { type Detected, detectType } from './detect.ts';
import { type FileWindow, openWindow } from './file-window.ts';
import { isCompleteGif } from './gif.ts';
import { inspectImage } from './image.ts';
import { type Inspection, corrupt } from './inspection.ts';
import { openJpeg } from './jpeg/jpeg.ts';
import { inspectPdf } from './pdf.ts';
import { isCompletePng } from './png.ts';
import { inspectRecording } from './recording.ts';
import { inspectSvg } from './svg/inspect-svg.ts';
import { type Refused, type VerdictFromWorker, rejectFile } from './verdict.ts';

export interface Job extends Claims {
  readonly path: string;
  readonly byteSize: number;
  readonly maxPixels: number;
  /** Where the sanitized bytes are written that replace those at `path`. */
  readonly sanitizedPath: string;
}

/** Shortens the remaining time of the job. */
export type ShortenTimeLimit = (limitMs: number) => void;

/** Three times the time of the largest drawing that is accepted. */
const DRAWING_LIMIT_MS = 5000;

/**
 * Inspects unverified bytes. Runs only in a worker process: decoders have vulnerabilities, and a
 * crash or a hang must not affect the server.
 */
export async function inspect(
  job: Job,
  shortenTimeLimit: ShortenTimeLimit,
): Promise<VerdictFromWorker> {
  using file = openWindow(job.path);
  const detected = await detectType(file);
  if (detected === null || typeof detected === 'string') return refuseType(detected, job);

  const contradiction = contradictionOf(detected, job);
  if (contradiction) {
    return rejectFile('TYPE_MISMATCH', `The bytes are ${detected.name}, but ${contradiction}.`);
  }
  const { name, mediaType, mimeType, extension, maxBytes = Infinity } = detected;
  if (job.byteSize > maxBytes) {
    return rejectFile(
      'FILE_TOO_LARGE',
      `The file is too large. The maximum for ${name} is ${maxBytes} bytes.`,
    );
  }
  const inspection = await inspectAs(detected, { file, job, shortenTimeLimit });
  if ('refused' in inspection) return inspection;
  const verified = { mediaType, mimeType, extension, ...inspection.found };
  return detected === ACCEPTED_TYPES.SVG ? { verified, isSanitized: true } : { verified };
}

/**
 * If the name or the declared type claims an accepted type, the message mentions the contradiction,
 * which is more useful.
 */
function refuseType(detected: Exclude<Detected, AcceptedType>, claims: Claims): Refused {
  if (detected === null) return rejectFile('UNSUPPORTED_TYPE', `Unknown file type. ${ACCEPTED}`);
  const claim = falseClaimOf(claims);
  if (claim) return rejectFile('TYPE_MISMATCH', `The bytes are ${detected}, but ${claim}.`);
  return rejectFile('UNSUPPORTED_TYPE', `${detected} is not accepted. ${ACCEPTED}`);
}

async function inspectAs(
  type: AcceptedType,
  {
    file,
    job,
    shortenTimeLimit,
  }: { file: FileWindow; job: Job; shortenTimeLimit: ShortenTimeLimit },
): Promise<Inspection> {
  const { path, byteSize, maxPixels, sanitizedPath } = job;
  if (type.mediaType === 'DOCUMENT') return inspectPdf(file, byteSize);
  if (type.mediaType !== 'IMAGE') return inspectRecording(path, { type, byteSize, file });
  if (type === ACCEPTED_TYPES.SVG) {
    const beforeDrawing = () => shortenTimeLimit(DRAWING_LIMIT_MS);
    const { maxBytes = Infinity } = type;
    return inspectSvg(path, { maxBytes, maxPixels, sanitizedPath, beforeDrawing });
  }
  if (!hasEnd(type, { file, byteSize })) {
    return corrupt(`The ${type.name} is damaged or incomplete.`);
  }
  const jpeg = type === ACCEPTED_TYPES.JPEG ? openJpeg(file, byteSize) : null;
  return inspectImage(path, { type, maxPixels, jpeg });
}

/** Checks the end of formats whose decoders do not notice that it is missing. */
function hasEnd(type: AcceptedType, { file, byteSize }: { file: FileWindow; byteSize: number }) {
  if (type === ACCEPTED_TYPES.GIF) return isCompleteGif((offset) => file.byteAt(offset));
  return type !== ACCEPTED_TYPES.PNG || isCompletePng(file, byteSize);
}
