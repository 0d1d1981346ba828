/**
 * The loops of `pnpm cms verify` and `sweep` over all rows, in a separate process that reports its memory. The storage
 * answers from the rows, because few file systems have room for 10 million objects: this measures the database and the loop.
 */
import { createUpkeepRepository } from '../../subgraphs/cms/src/storage/upkeep/repository.ts';
import { createSweeper } from '../../subgraphs/cms/src/storage/upkeep/sweeper.ts';
import { verifyStorage } from '../../subgraphs/cms/src/storage/upkeep/verify.ts';
import type { Storage } from '../../subgraphs/cms/src/storage/storage.ts';
import pg from 'pg';
import { z } from 'zod';

const REPORT_EVERY = 100_000;

const Settings = z.object({ database: z.string(), task: z.enum(['verify', 'sweep']) });
export type UpkeepSettings = z.output<typeof Settings>;

export interface UpkeepReport {
  /** Rows and objects that were compared. */
  readonly done: number;
  readonly residentBytes: number;
  readonly seconds: number;
  readonly isOver: boolean;
}

process.once('message', (message) => void work(Settings.parse(message)));
process.once('disconnect', () => process.exit());

async function work({ database, task }: UpkeepSettings) {
  const pool = new pg.Pool({ connectionString: database, max: 10, statement_timeout: 30_000 });
  const rows = createUpkeepRepository({ pool });
  const started = performance.now();
  let done = 0;
  const report = (isOver: boolean) =>
    process.send?.({
      done,
      residentBytes: process.memoryUsage.rss(),
      seconds: (performance.now() - started) / 1000,
      isOver,
    } satisfies UpkeepReport);
  const count = (more: number) => {
    const before = Math.floor(done / REPORT_EVERY);
    done += more;
    if (Math.floor(done / REPORT_EVERY) > before) report(false);
  };

  let sizes = new Map<string, number>();
  const objects = {
    ...rows,
    async *contents(batchSize: number) {
      for await (const batch of rows.contents(batchSize)) {
        sizes = new Map(batch.map(({ storageKey, byteSize }) => [storageKey, byteSize]));
        yield batch;
      }
    },
  };
  const missing = () => Promise.reject(new Error('This storage has no bytes.'));
  const storage: Storage = {
    async stat(key) {
      const byteSize = sizes.get(key);
      return byteSize === undefined ? null : { byteSize };
    },
    async *list() {
      const modifiedAt = new Date(0);
      for await (const batch of rows.contents(1_000)) {
        if (task === 'sweep') count(batch.length);
        for (const { storageKey: key, byteSize } of batch) yield { key, byteSize, modifiedAt };
      }
    },
    removeUnfinished: async () => 0,
    publish: missing,
    get: missing,
    openLocalCopy: missing,
    delete: missing,
  };

  if (task === 'verify') {
    for await (const found of verifyStorage({ objects, storage, checksums: false })) {
      if ('fault' in found) throw new Error(`${found.fault} ${found.key}`);
      count('contents' in found ? found.contents : found.objects);
    }
  } else {
    const sweeper = createSweeper({ objects, storage });
    for await (const { key } of sweeper.sweep({ dryRun: true, graceHours: 24 })) {
      throw new Error(`unreferenced ${key}`);
    }
  }
  report(true);
  await pool.end();
  process.disconnect();
}
