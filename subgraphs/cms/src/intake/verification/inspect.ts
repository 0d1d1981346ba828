import { acceptanceOf } from '../../files/file-types/acceptance.ts';
import { type Claims, contradictionOf, falseClaimOf } from '../../files/file-types/claims.ts';
import type { FileType } from '../../files/file-types/file-type.ts';
import { variantsOf } from '../../files/file-types/file-types.ts';
import { type Detected, detectType } from './detect.ts';
import { openWindow } from '../../platform/file-window.ts';
import { WITH_MACROS } from './documents/document-kind.ts';
import { INSPECTORS } from './inspectors.ts';
import type { TimeLimit } from '../../platform/workers/serve-jobs.ts';
import type { Job } from './job.ts';
import { type Refused, type VerdictFromWorker, rejectFile } from './verdict.ts';

/**
 * Inspects unverified bytes. Runs only in a worker process: decoders have vulnerabilities, and a
 * crash or a hang must not affect the server.
 */
export async function inspect(job: Job, timeLimit: TimeLimit): Promise<VerdictFromWorker> {
  using file = openWindow(job.path);
  const detected = await detectType(file, job);
  if (detected === null || typeof detected === 'string') return refuseType(detected, job);

  const refusals = [detected, ...variantsOf(detected)].map((type) => refusalOf(type, job));
  if (!refusals.includes(null)) {
    const contradiction = refusals[0];
    const reason = refusals.find((refusal) => refusal?.refused.code !== 'TYPE_MISMATCH');
    const refusal = reason ?? contradiction;
    if (refusal) return refusal;
  }

  const inspected = { file, type: detected, job, timeLimit };
  const inspection = await INSPECTORS[detected.inspectedAs](inspected);
  if ('refused' in inspection) return inspection;
  const { found, type = detected, isSanitized } = inspection;
  const refusal = refusalOf(type, job);
  if (refusal) return refusal;
  const { mediaType, mimeType, extension } = type;
  return { verified: { mediaType, mimeType, extension, ...found }, isSanitized };
}

/** Why bytes of a known type are rejected without a look at them; null if they are not. */
function refusalOf(type: FileType, job: Job): Refused | null {
  const { name, maxBytes = Infinity } = type;
  const contradiction = contradictionOf(type, job);
  if (contradiction)
    return rejectFile('TYPE_MISMATCH', `The bytes are ${name}, but ${contradiction}.`);
  if (type.runsMacros && !job.acceptsMacros) return WITH_MACROS;
  if (!job.accepted.includes(type.extension)) {
    const { sentence } = acceptanceOf(job.accepted);
    return rejectFile('UNSUPPORTED_TYPE', `${name} is not accepted. ${sentence}`);
  }
  if (job.byteSize <= maxBytes) return null;
  return rejectFile(
    'FILE_TOO_LARGE',
    `The file is too large. The maximum for ${name} is ${maxBytes} bytes.`,
  );
}

/**
 * If the name or the declared type claims a known type, the message mentions the contradiction,
 * which is more useful.
 */
function refuseType(detected: Exclude<Detected, FileType>, job: Claims & Pick<Job, 'accepted'>) {
  const { sentence } = acceptanceOf(job.accepted);
  if (detected === null) return rejectFile('UNSUPPORTED_TYPE', `Unknown file type. ${sentence}`);
  const claim = falseClaimOf(job, detected);
  if (claim) return rejectFile('TYPE_MISMATCH', `The bytes are ${detected}, but ${claim}.`);
  return rejectFile('UNSUPPORTED_TYPE', `${detected} is not accepted. ${sentence}`);
}
