import type { FileWindow } from '../../../platform/file-window.ts';
import { corrupt, found } from '../inspection.ts';
import type { Inspector } from '../job.ts';
import { LOADING_FROM_NETWORK, isOverNetwork } from './document-kind.ts';

const PIECE_BYTES = 2 ** 20;
/** Longer than the longest path, also with each character escaped. Pieces overlap by it. */
const TEMPLATE_BYTES = 4096;
const TEMPLATE = /\\template(?![a-z])/gi;

/** Whether the document has an end, and whether it loads a template. What it draws is not validated. */
export const inspectRtf: Inspector = ({ file, job: { byteSize, acceptsMacros } }) => {
  if (!isClosed(file, byteSize))
    return corrupt('The RTF has no end. The file is probably incomplete.');

  return acceptsMacros || !loadsTemplate(file, byteSize) ? found({}) : LOADING_FROM_NETWORK;
};

/** A document has one template. Many are a way to hide one. */
const MAX_TEMPLATES = 20;

function loadsTemplate(file: Pick<FileWindow, 'slice'>, byteSize: number): boolean {
  let count = 0;
  for (let start = 0; start < byteSize; start += PIECE_BYTES) {
    const text = file.slice(start, PIECE_BYTES + TEMPLATE_BYTES).toString('latin1');
    for (const { index } of text.matchAll(TEMPLATE)) {
      count += 1;
      if (count > MAX_TEMPLATES || isOverNetwork(unescaped(restOfGroup(text, index)))) return true;
    }
  }
  return false;
}

const [OPEN, CLOSE, BACKSLASH] = Buffer.from('{}\\');
/** A control word before as many raw bytes (RTF 1.9.1). */
const BINARY = /^bin(\d{1,9}) ?/;
const CONTROL_BYTES = 16;

/** Whether the outermost group ends. Programs ignore what follows it. */
function isClosed(file: Pick<FileWindow, 'slice'>, byteSize: number): boolean {
  let depth = 0;
  for (let start = 0; start < byteSize;) {
    const piece = file.slice(start, PIECE_BYTES);
    // So that each control word is whole in its piece.
    const isLast = start + piece.length >= byteSize;
    const end = isLast ? piece.length : piece.length - CONTROL_BYTES;
    let at = 0;
    while (at < end) {
      const byte = piece[at];
      at += 1;
      if (byte === OPEN) depth += 1;
      else if (byte === CLOSE) depth -= 1;
      else if (byte === BACKSLASH) at += lengthOfControl(piece, at);
      if (depth === 0) return true;
    }
    start += at;
  }
  return false;
}

function lengthOfControl(piece: Buffer, at: number): number {
  if (piece[at] !== 0x62 || piece[at + 1] !== 0x69 || piece[at + 2] !== 0x6e) return 1;
  const control = piece.toString('latin1', at, at + CONTROL_BYTES);
  const [word = '', count = 0] = BINARY.exec(control) ?? [];
  return Math.max(1, word.length + Number(count));
}

function restOfGroup(text: string, start: number): string {
  let depth = 1;
  for (let at = start; at < Math.min(text.length, start + TEMPLATE_BYTES); at += 1) {
    if (text[at] === '{') depth += 1;
    else if (text[at] === '}') depth -= 1;
    if (depth === 0) return text.slice(start, at);
  }
  return text.slice(start, start + TEMPLATE_BYTES);
}

/** Characters can be written as numbers, and other control words may be between them. */
const unescaped = (path: string) =>
  path
    .replaceAll(/\\'([0-9a-f]{2})/gi, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    )
    .replaceAll(/\\u(-?\d{1,5}) ?\??/gi, (_, number: string) =>
      String.fromCharCode(Number(number) & 0xffff),
    )
    .replaceAll(/[\r\n{}]/g, '')
    .replaceAll(
      /\\([\\{}])|\\\*?[a-z]*-?\d* ?/gi,
      (_, escaped: string | undefined) => escaped ?? '',
    )
    .trim();
