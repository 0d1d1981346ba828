const SECTOR_BYTES = 512;
const END_OF_CHAIN = 0xff_ff_ff_fe;
const TABLE_SECTOR = 0xff_ff_ff_fd;
const FREE = 0xff_ff_ff_ff;
const NUMBERS_PER_TABLE = SECTOR_BYTES / 4;

/** Streams by name. Names in `storages` are storages without content, next to the streams. */
export function compoundFile(
  streams: Readonly<Record<string, Buffer>>,
  storages: readonly string[] = [],
): Buffer {
  const contents = Object.entries(streams).map(([name, body]) => ({
    name,
    type: 2,
    // Streams below 4,096 bytes would be in small sectors.
    body: Buffer.concat([body, Buffer.alloc(Math.max(0, 4096 - body.length))]),
  }));
  const nodes = [
    { name: 'Root Entry', type: 5, body: Buffer.alloc(0) },
    ...contents,
    ...storages.map((name) => ({ name, type: 1, body: Buffer.alloc(0) })),
  ];

  const sectorsFor = (byteCount: number) => Math.ceil(byteCount / SECTOR_BYTES);
  const used = nodes.reduce((sum, { body }) => sum + sectorsFor(body.length), 0);
  const tableCount = Math.ceil((used + sectorsFor(128 * nodes.length)) / (NUMBERS_PER_TABLE - 1));
  const next: number[] = Array(tableCount).fill(TABLE_SECTOR);
  const table = Buffer.alloc(tableCount * SECTOR_BYTES, 0xff);
  const sectors = next.map((_, index) =>
    table.subarray(index * SECTOR_BYTES, (index + 1) * SECTOR_BYTES),
  );
  function add(body: Buffer): number {
    const first = sectors.length;
    const count = sectorsFor(body.length);
    for (let index = 0; index < count; index += 1) {
      const sector = Buffer.alloc(SECTOR_BYTES);
      body.copy(sector, 0, index * SECTOR_BYTES);
      sectors.push(sector);
      next.push(index === count - 1 ? END_OF_CHAIN : first + index + 1);
    }
    return count === 0 ? END_OF_CHAIN : first;
  }

  const entries = nodes.map(({ name, type, body }, index) => {
    const entry = Buffer.alloc(128);
    entry.write(name, 0, 'utf16le');
    entry.writeUInt16LE(2 * name.length + 2, 64);
    entry[66] = type;
    entry.writeUInt32LE(FREE, 68);
    // A chain of right siblings is a valid, though unbalanced, tree.
    entry.writeUInt32LE(index > 0 && index < nodes.length - 1 ? index + 1 : FREE, 72);
    entry.writeUInt32LE(index === 0 && nodes.length > 1 ? 1 : FREE, 76);
    entry.writeUInt32LE(add(body), 116);
    entry.writeUInt32LE(body.length, 120);
    return entry;
  });
  const directory = add(Buffer.concat(entries));

  for (const [index, value] of next.entries()) table.writeUInt32LE(value, 4 * index);

  const header = Buffer.alloc(SECTOR_BYTES);
  header.write('d0cf11e0a1b11ae1', 'hex');
  header.writeUInt16LE(3, 26);
  header.writeUInt16LE(9, 30);
  header.writeUInt16LE(6, 32);
  header.writeUInt32LE(tableCount, 44);
  header.writeUInt32LE(directory, 48);
  header.writeUInt32LE(4096, 56);
  header.writeUInt32LE(END_OF_CHAIN, 60);
  header.writeUInt32LE(END_OF_CHAIN, 68);
  header.fill(0xff, 76);
  for (let index = 0; index < tableCount; index += 1) header.writeUInt32LE(index, 76 + 4 * index);
  return Buffer.concat([header, ...sectors]);
}

/** A record of Excel. */
export function record(id: number, body: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(body.length, 2);
  return Buffer.concat([head, body]);
}
