import { inParallel } from '../load.ts';
import { watchMemory } from '../processes.ts';
import { megabytes, printTable, verdict } from '../table.ts';
import { prepareUpload, sendUpload, uploadThroughGraph } from '../upload/client.ts';
import { distinctJpegs, wavOfNoise } from '../upload/files.ts';
import { compare, printSides } from '../upload/sides.ts';
import { type Side, processesOf } from './sides.ts';

const AT_ONCE = 8;
const SMALL = { files: 200, warmUp: 40, rounds: 5, minSpeed: 0.6 };
const LARGE = { bytes: 2 ** 30, rounds: 2, maxTime: 1.5 };
const MAX_GROWN_BYTES = 100e6;

interface Sides {
  readonly disk: Side;
  readonly bucket: Side;
  readonly others: ReadonlyMap<string, number>;
}

/** Uploads JPEGs of 200 KB through the gateway into a bucket, compared with a folder in the same rounds. */
export async function benchSmallUploads({ disk, bucket, others }: Sides) {
  const sidesOf = (count: number) =>
    [disk, bucket].map((side) => ({
      name: side.name,
      async prepare() {
        const photographs = await distinctJpegs(count);
        const uploads = photographs.map((body, index) =>
          prepareUpload({ filename: `photo-${index}.jpg`, mimeType: 'image/jpeg', body }),
        );
        const work = (upload: (typeof uploads)[number]) => sendUpload(side.gateway, upload);
        return () => inParallel(uploads, { atOnce: AT_ONCE, work });
      },
      ...(side === bucket && { goal: { minSpeed: SMALL.minSpeed } }),
    }));
  const processes = processesOf([disk, bucket], others);
  await compare(sidesOf(SMALL.warmUp), { rounds: 1, count: SMALL.warmUp, processes });
  const sides = sidesOf(SMALL.files);
  const costs = await compare(sides, { rounds: SMALL.rounds, count: SMALL.files, processes });
  printSides(`${SMALL.files} JPEGs of 200 KB through the gateway, ${AT_ONCE} at a time`, {
    sides,
    costs,
    speedOf: ({ perSecond }) => `${perSecond.toFixed(0)}/s`,
  });
}

/** Uploads a file of 1 GiB through the gateway into a bucket, compared with a folder, and watches the memory. */
export async function benchLargeUpload({ disk, bucket, others }: Sides) {
  const sides = [disk, bucket].map((side) => ({
    name: side.name,
    prepare: async () => () =>
      uploadThroughGraph(side.gateway, {
        filename: 'noise.wav',
        mimeType: 'audio/wav',
        body: wavOfNoise(LARGE.bytes),
      }),
    ...(side === bucket && { goal: { minSpeed: 1 / LARGE.maxTime } }),
  }));
  const watched = processesOf([disk, bucket], new Map());
  const memory = watchMemory(watched);
  const processes = processesOf([disk, bucket], others);
  const costs = await compare(sides, { rounds: LARGE.rounds, count: 1, processes });
  const growth = memory.stop();
  printSides(`1 GiB through the gateway (${LARGE.maxTime} x the time is 0.67 x the speed)`, {
    sides,
    costs,
    speedOf: ({ perSecond }) => `${((LARGE.bytes / 1e6) * perSecond).toFixed(0)} MB/s`,
  });
  printTable('Memory while it runs', [
    ['process', 'idle', 'grown by', `at most ${megabytes(MAX_GROWN_BYTES)}`],
    ...growth.map(({ name, idleBytes, grownBytes }) => [
      name,
      megabytes(idleBytes),
      megabytes(grownBytes),
      verdict(grownBytes <= MAX_GROWN_BYTES),
    ]),
  ]);
}
