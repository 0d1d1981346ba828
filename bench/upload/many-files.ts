import type { Stack } from '@federated-media/stack/stack';
import { Pool } from 'undici';
import { inParallel } from '../load.ts';
import { prepareUpload, sendUpload } from './client.ts';
import { distinctJpegs } from './files.ts';
import type { Floor } from './floor.ts';
import { type Side, compare, printSides, processesOf } from './sides.ts';
import { type FileToStage, createStagedClient } from './staged-client.ts';

const FILES = 500;
const SIZE = { width: 1600, height: 1200 };
const AT_ONCE = 8;
/** V8 optimizes code during this many uploads. Without them, the platform would be a fifth faster in the last round than in the first. */
const WARM_UP = 1500;
const ROUNDS = 5;
/** A client that uploads many files requests their URLs together. */
const URLS = 10;
const GOAL = { minSpeed: 0.25, maxCpu: 6 };

/**
 * Uploads 500 JPEGs of 200 KB and 1600 × 1200 pixels, 8 at a time, compared with a bare server that only writes,
 * hashes and inserts.
 */
export async function benchManyFiles(stack: Stack, floor: Floor) {
  const gateway = new Pool(stack.gatewayUrl, { connections: AT_ONCE });
  const staged = createStagedClient(gateway, AT_ONCE);

  const sidesOf = (count: number): Side[] => {
    const side = <Item>(
      name: string,
      prepare: (files: FileToStage[]) => Item[],
      work: (item: Item) => Promise<unknown>,
    ) => ({
      name,
      async prepare() {
        const photographs = await distinctJpegs(count, SIZE);
        const items = prepare(
          photographs.map((body, index) => ({
            filename: `photo-${index}.jpg`,
            mimeType: 'image/jpeg',
            fileSize: body.length,
            body,
          })),
        );
        return () => inParallel(items, { atOnce: AT_ONCE, work });
      },
    });
    return [
      side('bare server', (files) => files.map(({ body }) => body), floor.put),
      {
        ...side(
          'gateway + cms',
          (files) => files.map(prepareUpload),
          (upload) => sendUpload(gateway, upload),
        ),
        goal: GOAL,
      },
      {
        ...side('staged PUT', (files) => files.map((file) => [file]), staged.upload),
        goal: GOAL,
      },
      {
        ...side(`staged PUT, ${URLS} URLs at once`, inGroups, staged.upload),
        goal: GOAL,
      },
    ];
  };

  const processes = processesOf(stack, floor);
  await compare(sidesOf(WARM_UP), { rounds: 1, count: WARM_UP, processes });
  const sides = sidesOf(FILES);
  const costs = await compare(sides, { rounds: ROUNDS, count: FILES, processes });
  await Promise.all([gateway.close(), staged.close()]);
  printSides(`${FILES} JPEGs of 200 KB, ${AT_ONCE} at a time`, {
    sides,
    costs,
    speedOf: ({ perSecond }) => `${perSecond.toFixed(0)}/s`,
  });
}

const inGroups = (files: readonly FileToStage[]): FileToStage[][] =>
  Array.from({ length: Math.ceil(files.length / URLS) }, (_none, index) =>
    files.slice(index * URLS, (index + 1) * URLS),
  );
