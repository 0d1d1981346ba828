import type { Stack } from '@federated-media/stack/stack';
import { Pool } from 'undici';
import { watchMemory } from '../processes.ts';
import { megabytes, printTable, verdict } from '../table.ts';
import { uploadThroughGraph } from './client.ts';
import { wavOfNoise } from './files.ts';
import type { Floor } from './floor.ts';
import { type Side, compare, printSides, processesOf } from './sides.ts';
import { createStagedClient } from './staged-client.ts';

const BYTES = 2 ** 30;
const ROUNDS = 3;
const MAX_GROWN_BYTES = 150e6;

/** Uploads a file of 1 GiB, compared with a bare server that hashes and writes it. */
export async function benchBigFile(stack: Stack, floor: Floor) {
  const gateway = new Pool(stack.gatewayUrl);
  const staged = createStagedClient(gateway, 1);
  const side = (name: string, upload: (body: Iterable<Buffer>) => Promise<unknown>) => ({
    name,
    prepare: async () => () => upload(wavOfNoise(BYTES)),
  });
  const described = { filename: 'noise.wav', mimeType: 'audio/wav' };
  const sides: Side[] = [
    side('bare server', floor.put),
    {
      ...side('gateway + cms', (body) => uploadThroughGraph(gateway, { ...described, body })),
      goal: { minSpeed: 0.75 },
    },
    {
      ...side('staged PUT', (body) => staged.upload([{ ...described, fileSize: BYTES, body }])),
      goal: { minSpeed: 0.9 },
    },
    {
      ...side('tus in chunks', (body) =>
        staged.uploadResumable({ ...described, fileSize: BYTES, body }),
      ),
      goal: { minSpeed: 0.45 },
    },
  ];

  const memory = watchMemory(new Map(stack.processes.map(({ name, pid }) => [name, pid])));
  const processes = processesOf(stack, floor);
  const costs = await compare(sides, { rounds: ROUNDS, count: 1, processes });
  const growth = memory.stop();
  await Promise.all([gateway.close(), staged.close()]);

  printSides('1 GiB', {
    sides,
    costs,
    speedOf: ({ perSecond }) => `${((BYTES / 1e6) * perSecond).toFixed(0)} MB/s`,
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
