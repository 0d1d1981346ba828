import type { FileWindow } from './file-window.ts';
import { type Inspection, corrupt, found } from './inspection.ts';

/**
 * Readers search for the end marker in the last 1,024 bytes; some writers add a little more after
 * it.
 */
const TAIL_BYTES = 2048;

/**
 * Checks both ends of a PDF: its version, and the trailer with the position of the cross-reference
 * table (ISO 32000-1, 7.5.2 and 7.5.5). Nothing in it is run or rendered.
 */
export function inspectPdf(file: FileWindow, byteSize: number): Inspection {
  const head = file.slice(0, 8).toString('latin1');
  if (!/^%PDF-[12]\.\d$/.test(head))
    return corrupt('The file does not start with a valid PDF header.');

  const tail = file.slice(Math.max(0, byteSize - TAIL_BYTES), TAIL_BYTES).toString('latin1');
  const [, tableOffset] = /.*startxref\s+(\d{1,15})\s+%%EOF/s.exec(tail) ?? [];
  if (tableOffset === undefined || Number(tableOffset) >= byteSize) {
    return corrupt('The PDF has no end marker. The file is probably incomplete.');
  }
  return found({});
}
