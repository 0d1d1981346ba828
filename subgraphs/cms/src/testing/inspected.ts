import type { FileType } from '../files/file-types/file-type.ts';
import { detectType } from '../intake/verification/detect.ts';
import type { Inspection } from '../intake/verification/inspection.ts';
import { INSPECTORS } from '../intake/verification/inspectors.ts';
import { windowOn } from '../platform/file-window.ts';
import type { Inspector } from '../intake/verification/job.ts';

/** What an inspector gets that reads only `file`. */
export const inspected = (type: FileType, bytes: Buffer): Parameters<Inspector>[0] => ({
  type,
  file: windowOn(bytes),
  job: {
    path: '/not-there',
    byteSize: bytes.length,
    originalFilename: '',
    declaredMimeType: '',
    maxPixels: 1,
    sanitizedPath: '/not-there-either',
    accepted: [],
    acceptsMacros: false,
  },
  timeLimit: { startNow: () => {}, shorten: () => {} },
});

/** What is found in the bytes of a type that can be inspected without a file on disk. */
export async function inspectInMemory(bytes: Buffer): Promise<Inspection> {
  const type = await detectType(windowOn(bytes), { originalFilename: '', declaredMimeType: '' });
  if (type === null || typeof type === 'string') throw new Error(`not detected: ${type}`);
  return INSPECTORS[type.inspectedAs](inspected(type, bytes));
}
