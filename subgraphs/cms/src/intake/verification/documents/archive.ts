import { constants, inflateRawSync } from 'node:zlib';
import { type Entry, RandomAccessReader, type ZipFile, fromRandomAccessReaderPromise } from 'yauzl';
import type { FileWindow } from '../../../platform/file-window.ts';
import { corrupt } from '../inspection.ts';
import { type Refused, rejectFile } from '../verdict.ts';

const MAX_ENTRIES = 20_000;
/** The end of central directory, its longest comment, and padding. */
const END_BYTES = 22;
const TAIL_BYTES = END_BYTES + 0xffff + 4096;
const END_SIGNATURE = 'PK\x05\x06';

/** The entries of a ZIP, and parts of it as far as a caller needs them. */
export interface Archive {
  readonly entries: readonly ArchiveEntry[];
  /** Null if the entry is encrypted, damaged, or longer than `maxBytes`, which bounds the work. */
  read(entry: ArchiveEntry, maxBytes: number): Buffer | null;
}

export interface ArchiveEntry {
  /** With slashes, and without one at the start. */
  readonly name: string;
  readonly isEncrypted: boolean;
  readonly method: number;
  readonly dataStart: number;
  readonly compressedSize: number;
}

/**
 * Reads the central directory and the headers that it points to (APPNOTE 6.3.10, 4.3). A ZIP whose end is missing has no
 * directory, and one whose bytes are missing has entries beyond its end. Nothing is decompressed.
 */
export async function readArchive(
  file: Pick<FileWindow, 'slice'>,
  byteSize: number,
): Promise<Archive | Refused> {
  const end = endOf(file, byteSize);
  if (end === null)
    return corrupt('The archive has no directory at its end. The file is probably incomplete.');

  let zip: ZipFile;
  const entries: ArchiveEntry[] = [];
  try {
    // Names are decoded below: only those of documents matter.
    const options = {
      lazyEntries: true,
      autoClose: false,
      decodeStrings: false,
      validateEntrySizes: false,
    };
    zip = await fromRandomAccessReaderPromise(new WindowReader(file), end, options);
    if (zip.entryCount > MAX_ENTRIES) {
      return rejectFile(
        'UNSUPPORTED_TYPE',
        `Archives of more than ${MAX_ENTRIES} files are not accepted.`,
      );
    }
    const listed: Entry[] = [];
    for await (const entry of zip.eachEntry()) listed.push(entry);
    for (const entry of listed) entries.push(await locate(zip, entry));
  } catch {
    return corrupt('The directory of the archive is damaged or the file is incomplete.');
  }
  return { entries, read: (entry, maxBytes) => readEntry(file, entry, maxBytes) };
}

async function locate(zip: ZipFile, entry: Entry): Promise<ArchiveEntry> {
  const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
  return {
    name: entry.fileNameRaw.toString('utf8').replaceAll('\\', '/').replace(/^\/+/, ''),
    isEncrypted: entry.isEncrypted(),
    method: entry.compressionMethod,
    dataStart: fileDataStart,
    compressedSize: entry.compressedSize,
  };
}

const STORED = 0;
const DEFLATED = 8;

function readEntry(
  file: Pick<FileWindow, 'slice'>,
  { isEncrypted, method, dataStart, compressedSize }: ArchiveEntry,
  maxBytes: number,
): Buffer | null {
  if (isEncrypted || compressedSize > maxBytes) return null;
  const bytes = file.slice(dataStart, compressedSize);
  if (method === STORED) return bytes;
  if (method !== DEFLATED) return null;
  try {
    const finishFlush = constants.Z_FINISH;
    return inflateRawSync(bytes, { maxOutputLength: maxBytes, finishFlush });
  } catch {
    return null;
  }
}

/** Where the last end of a central directory ends. What follows it is padding, which programs ignore. */
function endOf(file: Pick<FileWindow, 'slice'>, byteSize: number): number | null {
  const start = Math.max(0, byteSize - TAIL_BYTES);
  const tail = file.slice(start, TAIL_BYTES);
  for (let at = tail.lastIndexOf(END_SIGNATURE); at !== -1;) {
    const end = at + END_BYTES;
    const commentEnd = end <= tail.length ? end + tail.readUInt16LE(end - 2) : Infinity;
    if (commentEnd <= tail.length) return start + commentEnd;
    if (at === 0) return null;
    at = tail.lastIndexOf(END_SIGNATURE, at - 1);
  }
  return null;
}

const PIECE_BYTES = 64 * 1024;

/** Reads small pieces from a larger one: the directory is read in its order. */
class WindowReader extends RandomAccessReader {
  readonly #file: Pick<FileWindow, 'slice'>;
  #start = 0;
  #piece: Buffer = Buffer.alloc(0);

  constructor(file: Pick<FileWindow, 'slice'>) {
    super();
    this.#file = file;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    // 64-bit positions of a file can be anything. An error that is thrown here ends the process.
    if (!Number.isSafeInteger(position)) return callback(new Error('invalid position'));
    const isSmall = length < PIECE_BYTES;
    const bytes = isSmall ? this.#cached(position, length) : this.#file.slice(position, length);
    bytes.copy(buffer, offset);
    callback(null, bytes.length);
  }

  #cached(position: number, length: number): Buffer {
    const at = position - this.#start;
    if (at >= 0 && at + length <= this.#piece.length) return this.#piece.subarray(at, at + length);
    this.#start = position;
    this.#piece = this.#file.slice(position, PIECE_BYTES);
    return this.#piece.subarray(0, length);
  }
}
