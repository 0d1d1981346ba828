import { image } from '../../../../testing/images.ts';

export const SIZE = { width: 331, height: 270 };

/** A JPEG as programs write it for the web. */
export const plain = (): Promise<Buffer> => image(SIZE).jpeg({ quality: 85 }).toBuffer();

/** The position of the first segment with this marker. */
export const startOf = (bytes: Buffer, marker: number): number =>
  bytes.indexOf(Buffer.from([0xff, marker]));

export const insert = (bytes: Buffer, at: number, more: readonly number[]): Buffer =>
  Buffer.concat([bytes.subarray(0, at), Buffer.from(more), bytes.subarray(at)]);

export function patch(bytes: Buffer, at: number, byte: number): Buffer {
  const patched = Buffer.from(bytes);
  patched[at] = byte;
  return patched;
}

/** Removes the first segment with this marker. */
export function without(bytes: Buffer, marker: number): Buffer {
  const start = startOf(bytes, marker);
  return Buffer.concat([
    bytes.subarray(0, start),
    bytes.subarray(start + 2 + bytes.readUInt16BE(start + 2)),
  ]);
}

/** Changes, inserts and removes bytes and whole segments, the same for each seed. */
export function changeRandomly(seed: number): (bytes: Buffer) => Buffer {
  let state = seed;
  // The linear congruential generator of Numerical Recipes.
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const segment = () => {
    const body = Array.from({ length: random(20) }, () => random(256));
    return [0xff, 0xc0 + random(64), 0, body.length + 2, ...body];
  };
  const changes: readonly ((bytes: Buffer, at: number) => Buffer)[] = [
    (bytes, at) => patch(bytes, at, random(256)),
    (bytes, at) => patch(bytes, at, (bytes[at] ?? 0) ^ (1 << random(8))),
    (bytes, at) => insert(bytes, at, [random(256)]),
    (bytes, at) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]),
    (bytes) => insert(bytes, 2, segment()),
  ];
  return (original) => {
    let bytes = original;
    for (let left = 1 + random(2); left > 0; left -= 1) {
      // Half of the changes affect tables and headers, which are less than a hundredth of the file.
      const within = random(2) === 0 ? startOf(bytes, 0xda) + 14 : bytes.length;
      bytes = changes[random(changes.length)]?.(bytes, random(within)) ?? bytes;
    }
    return bytes;
  };
}
