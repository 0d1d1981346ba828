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
  /** Where bytes are written that are to be kept instead of those at `path`. */
  readonly cleanPath: string;
}

/** Shortens the time that is left for the job. */
export type Hurry = (limitMs: number) => void;

/** Three times what the largest drawing takes that is not refused before. */
const DRAWING_LIMIT_MS = 5000;

/**
 * Everything that is done to bytes nobody has looked at yet. Runs in a worker process only: decoders have
 * holes, and what crashes or hangs them must not take the server along.
 */
export async function inspect(job: Job, hurry: Hurry): Promise<VerdictFromWorker> {
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
  const inspection = await inspectAs(detected, { file, job, hurry });
  if ('refused' in inspection) return inspection;
  const verified = { mediaType, mimeType, extension, ...inspection.found };
  return detected === ACCEPTED_TYPES.SVG ? { verified, isCleaned: true } : { verified };
}

/** A known type under the name of one that is taken is a lie, and the more useful thing to be told. */
function refuseType(detected: Exclude<Detected, AcceptedType>, claims: Claims): Refused {
  if (detected === null) return rejectFile('UNSUPPORTED_TYPE', `Unknown file type. ${ACCEPTED}`);
  const claim = falseClaimOf(claims);
  if (claim) return rejectFile('TYPE_MISMATCH', `The bytes are ${detected}, but ${claim}.`);
  return rejectFile('UNSUPPORTED_TYPE', `${detected} is not accepted. ${ACCEPTED}`);
}

async function inspectAs(
  type: AcceptedType,
  { file, job, hurry }: { file: FileWindow; job: Job; hurry: Hurry },
): Promise<Inspection> {
  const { path, byteSize, maxPixels, cleanPath } = job;
  if (type.mediaType === 'DOCUMENT') return inspectPdf(file, byteSize);
  if (type.mediaType !== 'IMAGE') return inspectRecording(path, { type, byteSize, file });
  if (type === ACCEPTED_TYPES.SVG) {
    const beforeDrawing = () => hurry(DRAWING_LIMIT_MS);
    const { maxBytes = Infinity } = type;
    return inspectSvg(path, { maxBytes, maxPixels, cleanPath, beforeDrawing });
  }
  if (!hasEnd(type, { file, byteSize })) {
    return corrupt(`The ${type.name} is damaged or incomplete.`);
  }
  const jpeg = type === ACCEPTED_TYPES.JPEG ? openJpeg(file, byteSize) : null;
  return inspectImage(path, { type, maxPixels, jpeg });
}

/** Of the formats whose decoder is content without; the others' miss it. */
function hasEnd(type: AcceptedType, { file, byteSize }: { file: FileWindow; byteSize: number }) {
  if (type === ACCEPTED_TYPES.GIF) return isCompleteGif((offset) => file.byteAt(offset));
  return type !== ACCEPTED_TYPES.PNG || isCompletePng(file, byteSize);
}
