import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAcceptance } from '../files/file-types/acceptance.ts';
import { allTypes } from '../files/file-types/file-types.ts';
import { inspect } from '../intake/verification/inspect.ts';
import type { VerdictFromWorker } from '../intake/verification/verdict.ts';
import { temporaryFolder } from './folder.ts';

/** As a worker does, where all types are accepted. */
export async function inspectBytes(
  bytes: Buffer,
  originalFilename = '',
  { declaredMimeType = '', acceptsMacros = false } = {},
): Promise<VerdictFromWorker> {
  const path = join(await temporaryFolder(), 'staged');
  await writeFile(path, bytes);
  const { extensions: accepted } = createAcceptance(allTypes, { acceptsMacros: true });
  const claims = { originalFilename, declaredMimeType };
  const job = {
    ...claims,
    path,
    byteSize: bytes.length,
    maxPixels: 1_000_000,
    sanitizedPath: `${path}.clean`,
    accepted,
    acceptsMacros,
  };
  return inspect(job, { startNow: () => {}, shorten: () => {} });
}

/** The extension of an accepted file, or the code of its refusal. */
export async function outcomeOf(...input: Parameters<typeof inspectBytes>): Promise<string> {
  const verdict = await inspectBytes(...input);
  return 'refused' in verdict ? verdict.refused.code : verdict.verified.extension;
}
