import type { FileWindow } from '../../platform/file-window.ts';
import { corrupt, found } from './inspection.ts';
import type { Inspector } from './job.ts';

/** How many bytes may precede the header (ISO 32000-1, annex H, note 13). */
const MAX_BEFORE_HEADER = 1024;
const HEADER = '%PDF-';
/** Servers and mail programs append to files. Readers search the end marker in more bytes than the standard says. */
const TAIL_BYTES = 64 * 1024;
const ROOT = '/Root';
const PIECE_BYTES = 2 ** 20;
/** Zeros at the end are skipped, and the root is searched, in as many bytes. */
const MAX_SCANNED_BYTES = 128 * 2 ** 20;

const INCOMPLETE = corrupt('The PDF has no end marker. The file is probably incomplete.');

/**
 * Checks both ends of a PDF (ISO 32000-1, 7.5). A file that was cut has no end marker, or has one of an older version with
 * more objects after it. Readers ignore other irregularities: they rebuild the table of objects if its position is wrong.
 * Nothing in it is run or rendered.
 */
export const inspectPdf: Inspector = ({ file, job: { byteSize } }) => {
  const head = file.slice(0, MAX_BEFORE_HEADER + HEADER.length).toString('latin1');
  const start = head.indexOf(HEADER);
  if (start === -1) return corrupt('The file does not start with a PDF header.');

  const end = endWithoutPadding(file, byteSize);
  const tail = file.slice(Math.max(0, end - TAIL_BYTES), Math.min(end, TAIL_BYTES));
  const text = tail.toString('latin1');
  const lastPosition = text.slice(Math.max(0, text.lastIndexOf('startxref')));
  const digits = /^startxref\s+(\d{1,15})(?!\d)/.exec(lastPosition)?.[1];
  const position = Number(digits);
  if (digits !== undefined && [position, start + position].some((at) => isTable(file, at)))
    return hasObjects(lastPosition) ? INCOMPLETE : found({});

  const marker = Math.max(text.lastIndexOf('%%EOF'), lastTrailerOf(text));
  if (marker === -1 || hasObjects(text.slice(marker))) return INCOMPLETE;
  if (position === 0 && isLongerBefore(head, byteSize)) return INCOMPLETE;
  return hasRoot(file, end) ? found({}) : corrupt('The PDF has no list of pages.');
};

/** It comes after all objects, with or without an end marker. */
function lastTrailerOf(text: string): number {
  const at = text.lastIndexOf('trailer');
  return text.includes(ROOT, at) ? at : -1;
}

const isTable = (file: Pick<FileWindow, 'slice'>, at: number) =>
  /^\s*(?:xref|\d+\s+\d+\s+obj)/.test(file.slice(at, 64).toString('latin1'));

const hasObjects = (text: string) => /\d\s+\d+\s+obj\b|\bendobj\b|\bendstream\b/.test(text);

/** The first part of a linearized PDF has an end marker too. It states the length of the whole. */
function isLongerBefore(head: string, byteSize: number): boolean {
  const length = /\/Linearized\b[^>]*\/L\s+(\d{1,15})/.exec(head)?.[1];
  return Number(length ?? 0) > byteSize;
}

/** Where zeros and spaces at the end begin. */
function endWithoutPadding(file: Pick<FileWindow, 'slice'>, byteSize: number): number {
  const first = Math.max(0, byteSize - MAX_SCANNED_BYTES);
  for (let end = byteSize; end > first;) {
    const start = Math.max(first, end - PIECE_BYTES);
    const bytes = file.slice(start, end - start);
    for (let at = bytes.length - 1; at >= 0; at -= 1)
      if ((bytes[at] ?? 0) > 0x20) return start + at + 1;
    end = start;
  }
  return 0;
}

/** Readers find all objects without a table, and begin with the one that is called the root. */
function hasRoot(file: Pick<FileWindow, 'slice'>, end: number): boolean {
  for (let stop = end; stop > Math.max(0, end - MAX_SCANNED_BYTES); stop -= PIECE_BYTES) {
    const start = Math.max(0, stop - PIECE_BYTES);
    const bytes = file.slice(start, stop - start + ROOT.length);
    if (bytes.includes(ROOT)) return true;
  }
  return false;
}
