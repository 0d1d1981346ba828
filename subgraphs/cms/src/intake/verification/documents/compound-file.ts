import type { FileWindow } from '../../../platform/file-window.ts';

const HEADER_BYTES = 512;
const ENTRY_BYTES = 128;
const NO_ENTRY = 0xff_ff_ff_ff;
/** Greater numbers mark free sectors, sectors of tables, and the ends of chains. */
const MAX_SECTOR = 0xff_ff_ff_fa;
const isSector = (index: number) => index <= MAX_SECTOR;
/** Longer runs of adjacent sectors are read in pieces. */
const PIECE_BYTES = 2 ** 20;
/** Streams below this size are in a stream of small sectors. */
const SMALL_BYTES = 4096;

export interface CompoundEntry {
  readonly name: string;
  readonly kind: 'storage' | 'stream';
  /** Whether it is in the root storage. */
  readonly isTopLevel: boolean;
  readonly start: number;
  readonly byteSize: number;
}

/** A file system in a file: the format of Office before 2007 ([MS-CFB]). */
export interface CompoundFile {
  readonly entries: readonly CompoundEntry[];
  /** In pieces. */
  read(stream: CompoundEntry): Generator<Buffer>;
}

/** Title, author and dates: nothing is missing from the document without them. */
const isProperties = (name: string) => name.startsWith('\u0005');

class DamagedFile extends Error {}

/**
 * Reads directory and tables. Positions can be anything, so every chain is followed for at most as many sectors as the
 * file has.
 *
 * @returns null if they are damaged, or if bytes of a stream are missing
 */
export function openCompoundFile(
  file: Pick<FileWindow, 'slice'>,
  byteSize: number,
): CompoundFile | null {
  try {
    return readTables(file, byteSize);
  } catch (error) {
    if (error instanceof DamagedFile || error instanceof RangeError) return null;
    throw error;
  }
}

function readTables(file: Pick<FileWindow, 'slice'>, byteSize: number): CompoundFile {
  const header = file.slice(0, HEADER_BYTES);
  const shift = header.readUInt16LE(30);
  const smallShift = header.readUInt16LE(32);
  if ((shift !== 9 && shift !== 12) || smallShift !== 6) throw new DamagedFile();
  const sectorBytes = 2 ** shift;
  const smallBytes = 2 ** smallShift;
  const sectorCount = Math.ceil(byteSize / sectorBytes);

  const sector = (index: number) => {
    if (index >= sectorCount) throw new DamagedFile();
    return file.slice((index + 1) * sectorBytes, sectorBytes);
  };
  const table = readAllocation({ header, sector, sectorCount });

  /** A chain without an end has one more sector than there are. */
  function chainOf(start: number, next: Uint32Array, maxLength = next.length + 1): number[] {
    const chain: number[] = [];
    for (let at = start; isSector(at) && chain.length < maxLength; at = next[at] ?? NO_ENTRY)
      chain.push(at);
    if (chain.length > next.length) throw new DamagedFile();
    return chain;
  }

  const directory = Buffer.concat(chainOf(header.readUInt32LE(48), table).map(sector));
  const [root, ...others] = readDirectory(directory);
  if (!root) throw new DamagedFile();
  const smallTable = numbersOf(chainOf(header.readUInt32LE(60), table).map(sector));
  const smallSectors = chainOf(root.start, table);

  /** Where the pieces of a stream are in the file. */
  function* piecesOf({ start, byteSize: size }: CompoundEntry): Generator<[number, number]> {
    const isSmall = size < SMALL_BYTES;
    const unit = isSmall ? smallBytes : sectorBytes;
    let remaining = size;
    let run: [number, number] | undefined;
    const next = isSmall ? smallTable : table;
    for (const index of chainOf(start, next, Math.ceil(size / unit))) {
      const at = isSmall ? positionOfSmall(index) : (index + 1) * sectorBytes;
      const length = Math.min(unit, remaining);
      remaining -= length;
      if (run && run[0] + run[1] === at && run[1] < PIECE_BYTES) run[1] += length;
      else {
        if (run) yield run;
        run = [at, length];
      }
    }
    if (run) yield run;
  }

  function positionOfSmall(index: number): number {
    const at = index * smallBytes;
    const holder = smallSectors[Math.floor(at / sectorBytes)];
    if (holder === undefined) throw new DamagedFile();
    return (holder + 1) * sectorBytes + (at % sectorBytes);
  }

  const streams = others.filter(({ kind, name }) => kind === 'stream' && !isProperties(name));
  // Streams that share sectors could make reading them take forever.
  if (streams.reduce((sum, stream) => sum + stream.byteSize, 0) > byteSize) throw new DamagedFile();
  for (const stream of streams) {
    let available = 0;
    for (const [at, length] of piecesOf(stream))
      available += Math.max(0, Math.min(length, byteSize - at));
    if (available < stream.byteSize) throw new DamagedFile();
  }

  return {
    entries: others,
    *read(stream) {
      for (const [at, length] of piecesOf(stream)) yield file.slice(at, length);
    },
  };
}

/** For each sector the next one of its chain. */
function readAllocation({
  header,
  sector,
  sectorCount,
}: {
  header: Buffer;
  sector: (index: number) => Buffer;
  sectorCount: number;
}): Uint32Array {
  const tables: number[] = [];
  const add = (bytes: Buffer) =>
    tables.push(...numbersOf([bytes]).filter((index) => index < sectorCount));
  add(header.subarray(76, HEADER_BYTES));
  let next = header.readUInt32LE(68);
  for (let count = 0; isSector(next); count += 1) {
    if (count > sectorCount) throw new DamagedFile();
    const bytes = sector(next);
    add(bytes.subarray(0, -4));
    next = bytes.readUInt32LE(bytes.length - 4);
  }
  const needed = Math.ceil(sectorCount / 128) + 1;
  return numbersOf(tables.slice(0, needed).map(sector));
}

function numbersOf(sectors: readonly Buffer[]): Uint32Array {
  const bytes = Buffer.concat(sectors);
  const numbers = new Uint32Array(Math.floor(bytes.length / 4));
  for (const index of numbers.keys()) numbers[index] = bytes.readUInt32LE(4 * index);
  return numbers;
}

type Node = CompoundEntry & { readonly links: readonly [number, number, number] };

/** The root first. */
function readDirectory(directory: Buffer): CompoundEntry[] {
  const nodes = new Map<number, Node>();
  for (let index = 0; (index + 1) * ENTRY_BYTES <= directory.length; index += 1) {
    const bytes = directory.subarray(index * ENTRY_BYTES, (index + 1) * ENTRY_BYTES);
    const [nameBytes, type] = [Math.min(64, bytes.readUInt16LE(64)), bytes[66]];
    if (type !== 1 && type !== 2 && type !== 5) continue;
    nodes.set(index, {
      name: bytes.toString('utf16le', 0, Math.max(0, nameBytes - 2)),
      kind: type === 2 ? 'stream' : 'storage',
      isTopLevel: false,
      start: bytes.readUInt32LE(116),
      byteSize: bytes.readUInt32LE(120),
      links: [bytes.readUInt32LE(68), bytes.readUInt32LE(72), bytes.readUInt32LE(76)],
    });
  }

  const root = nodes.get(0);
  if (!root) throw new DamagedFile();
  const topLevel = new Set<number>();
  const waiting = [root.links[2]];
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    const node = nodes.get(index);
    if (index === NO_ENTRY || !node || topLevel.has(index)) continue;
    topLevel.add(index);
    waiting.push(node.links[0], node.links[1]);
  }
  return [...nodes].map(([index, node]) => ({ ...node, isTopLevel: topLevel.has(index) }));
}
