import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '@federated-media/stack/stack';
import pg from 'pg';
import { watchMemory } from '../processes.ts';
import { megabytes, printTable, seconds, verdict } from '../table.ts';

const CHANGES = 100_000;
/** Memory that is not released grows with the backlog. The normal variation of the heap is less than this. */
const MAX_GROWN_BYTES = 100e6;
const CONSUMERS = ['catalog', 'art-gallery', 'blog'];

const FILL = `
  INSERT INTO media_changes (kind, store_id, media_id, version)
  SELECT 'TRASHED', 'backlog', gen_random_uuid(), 2 FROM generate_series(1, $1::int)`;
const APPLIED = "SELECT count(*)::int AS count FROM media_states WHERE store_id = 'backlog'";

/** Adds 100,000 changes at once and waits until every consumer has applied them. */
export async function benchBacklog(stack: Stack) {
  const databases = CONSUMERS.map(
    (name) => new pg.Pool({ connectionString: stack.postgres.url(name.replaceAll('-', '_')) }),
  );
  const cms = new pg.Pool({ connectionString: stack.postgres.url('cms') });
  const watched = stack.processes.filter(({ name }) => CONSUMERS.includes(name));
  const memory = watchMemory(new Map(watched.map(({ name, pid }) => [name, pid])));
  const started = performance.now();
  await cms.query(FILL, [CHANGES]);
  await Promise.all(
    databases.map(async (database) => {
      const applied = async () => (await database.query<{ count: number }>(APPLIED)).rows[0]?.count;
      while ((await applied()) !== CHANGES) await sleep(100);
    }),
  );
  const took = (performance.now() - started) / 1000;
  const growth = memory.stop();
  await Promise.all([cms, ...databases].map((database) => database.end()));
  printTable(`A backlog of ${CHANGES} changes, applied by ${CONSUMERS.length} consumers at once`, [
    ['time', seconds(took), `${(CHANGES / took).toFixed(0)}/s each`],
    ...growth.map(({ name, idleBytes, grownBytes }) => [
      name,
      megabytes(idleBytes),
      `grown by ${megabytes(grownBytes)}`,
      verdict(grownBytes <= MAX_GROWN_BYTES),
    ]),
  ]);
}
