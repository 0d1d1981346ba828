import { randomUUID } from 'node:crypto';
import type { Stack } from '@federated-media/stack/stack';
import { createTokenMinter } from '@federated-media/subgraph-kit/identity';
import pg from 'pg';
import { Pool } from 'undici';
import { printTable, seconds, verdict } from '../table.ts';

const OPERATIONS = 1_000_000;
const REPEATED = 0.3;
const USES = 100_000;
const FILES = 5_000;
const BATCH = 500;
const AT_ONCE = 6;
const STORES = ['north', 'south', 'west'];

const CLAIM = `mutation ($input: [MediaUsageClaimInput!]!) {
  outcome: claimMediaUsages(input: $input) { mediaFiles { id } userErrors { message } }
}`;
const RELEASE = `mutation ($input: [MediaUsageReleaseInput!]!) {
  outcome: releaseMediaUsages(input: $input) { released userErrors { message } }
}`;

interface Operation {
  readonly storeId: string;
  readonly isClaim: boolean;
  readonly mediaId: string;
  readonly usageId: string;
  readonly claimVersion: number;
}

/**
 * Sends a million claims and releases over HTTP, shuffled and partly repeated, and compares the ledger with a model.
 */
export async function benchLedger(stack: Stack, secret: string) {
  const database = new pg.Pool({ connectionString: stack.postgres.url('cms') });
  const cms = new Pool(stack.urls['cms'] ?? '', { connections: AT_ONCE });
  const minter = createTokenMinter({ secrets: [secret], issuer: 'bench' });
  const operations = shuffled(await makeOperations(database));
  const repeats = operations.slice(0, OPERATIONS * REPEATED);
  const batches = shuffled(toBatches(operations).concat(toBatches(shuffled(repeats))));

  const started = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, () => drain()));
  const took = (performance.now() - started) / 1000;

  const expected = modelOf(operations);
  const wrong = await differences(database, expected);
  const sent = operations.length + repeats.length;
  printTable(`${sent} claims and releases of ${USES} usages, in batches of ${BATCH}`, [
    ['time', seconds(took), `${(sent / took).toFixed(0)}/s`],
    ['active usages', `${expected.size}`, `different from the model: ${wrong.uses}`],
    [
      'files with a wrong count',
      `${wrong.counts}`,
      verdict(wrong.uses === 0 && wrong.counts === 0),
    ],
  ]);
  await Promise.all([cms.close(), database.end()]);

  async function drain() {
    for (let batch = batches.pop(); batch; batch = batches.pop()) await send(batch);
  }

  async function send(batch: readonly Operation[]) {
    const [first] = batch;
    if (!first) return;
    const { storeId, isClaim } = first;
    const claims = { audience: 'cms', subject: 'bench', storeId, scope: 'media:usage' };
    const input = batch.map(({ mediaId, usageId, claimVersion }) => ({
      mediaId,
      usageId,
      claimVersion,
      ...(isClaim && { entityType: 'Thing', entityId: usageId }),
    }));
    const { statusCode, body } = await cms.request({
      method: 'POST',
      path: '/graphql',
      headers: {
        authorization: `Bearer ${await minter.mint(claims)}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ query: isClaim ? CLAIM : RELEASE, variables: { input } }),
    });
    const text = await body.text();
    if (statusCode !== 200 || !text.includes('"userErrors":[]'))
      throw new Error(text.slice(0, 500));
  }
}

/** Ten operations per usage, alternating claims and releases. */
async function makeOperations(database: pg.Pool): Promise<Operation[]> {
  const files = new Map<string, string[]>();
  for (const storeId of STORES) {
    const ids = Array.from({ length: FILES }, () => randomUUID());
    files.set(storeId, ids);
    await database.query('INSERT INTO stores (id) VALUES ($1)', [storeId]);
    await database.query(
      `INSERT INTO media_files (id, store_id, filename, original_filename, media_type, mime_type,
         file_size, checksum, file_path, status)
       SELECT id, $1, 'x.jpg', 'x.jpg', 'IMAGE', 'image/jpeg', 1, repeat('0', 64), id::text, 'READY'
       FROM unnest($2::uuid[]) AS id`,
      [storeId, ids],
    );
  }
  return Array.from({ length: OPERATIONS }, (_, index) => {
    const use = index % USES;
    const claimVersion = Math.floor(index / USES);
    const storeId = STORES[use % STORES.length] ?? '';
    const mediaId = files.get(storeId)?.[(use + claimVersion) % FILES] ?? '';
    const isClaim = (use + claimVersion) % 2 === 0;
    return { storeId, isClaim, mediaId, usageId: `use-${use}`, claimVersion };
  });
}

/** Each batch has one store and one kind. */
function toBatches(operations: readonly Operation[]): Operation[][] {
  const groups = Map.groupBy(operations, ({ storeId, isClaim }) => `${storeId} ${isClaim}`);
  return [...groups.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / BATCH) }, (_, index) =>
      group.slice(index * BATCH, (index + 1) * BATCH),
    ),
  );
}

/** The file of every usage that is active at the end. */
function modelOf(operations: readonly Operation[]): ReadonlyMap<string, string> {
  const newest = new Map<string, Operation>();
  for (const operation of operations) {
    const known = newest.get(operation.usageId);
    if (!known || known.claimVersion < operation.claimVersion) {
      newest.set(operation.usageId, operation);
    }
  }
  return new Map(
    [...newest.values()]
      .filter(({ isClaim }) => isClaim)
      .map(({ usageId, mediaId }) => [usageId, mediaId]),
  );
}

async function differences(database: pg.Pool, expected: ReadonlyMap<string, string>) {
  const { rows } = await database.query<{ usage_id: string; media_id: string }>(
    'SELECT usage_id, media_id FROM media_usages WHERE active',
  );
  const wrong = rows.filter(({ usage_id, media_id }) => expected.get(usage_id) !== media_id);
  const counts = await database.query(
    `SELECT FROM media_files f WHERE usage_count <>
       (SELECT count(*) FROM media_usages u WHERE u.media_id = f.id AND u.active)`,
  );
  return {
    uses: wrong.length + Math.abs(expected.size - rows.length),
    counts: counts.rows.length,
  };
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    const [one, two] = [result[last], result[other]];
    if (one !== undefined && two !== undefined) [result[last], result[other]] = [two, one];
  }
  return result;
}
