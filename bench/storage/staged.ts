import { wavOfNoise } from '../upload/files.ts';
import { compare, printSides } from '../upload/sides.ts';
import { createStagedClient } from '../upload/staged-client.ts';
import { type Side, processesOf } from './sides.ts';

const BYTES = 2 ** 30;
const ROUNDS = 2;
const MAX_TIME = 1.5;

/** Sends a staged upload of 1 GiB, compared with one into a folder. Another protocol is one more entry in `sides`. */
export async function benchStagedUpload({
  disk,
  bucket,
  others,
}: {
  disk: Side;
  bucket: Side;
  others: ReadonlyMap<string, number>;
}) {
  const clients = new Map(
    [disk, bucket].map((each) => [each, createStagedClient(each.gateway, 1)]),
  );
  const described = { filename: 'noise.wav', mimeType: 'audio/wav', fileSize: BYTES };
  const put = (to: Side) => ({
    name: `${to.name}, one PUT`,
    prepare: async () => async () =>
      clients.get(to)?.upload([{ ...described, body: wavOfNoise(BYTES) }]),
  });
  const sides = [put(disk), { ...put(bucket), goal: { minSpeed: 1 / MAX_TIME } }];
  const processes = processesOf([disk, bucket], others);
  const costs = await compare(sides, { rounds: ROUNDS, count: 1, processes });
  for (const client of clients.values()) await client.close();
  printSides(`1 GiB, staged (${MAX_TIME} x the time is 0.67 x the speed)`, {
    sides,
    costs,
    speedOf: ({ perSecond }) => `${((BYTES / 1e6) * perSecond).toFixed(0)} MB/s`,
  });
}
