import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { mainOf } from '@federated-media/stack/subgraphs';
import { Client } from 'pg';
import type { Platform } from './platform.ts';
import { eventually } from './workload.ts';

export interface Findings {
  /** Reservations and staged bytes that the CMS did not remove. */
  readonly unfinished: number;
  /** Rows whose object is missing or has other bytes. */
  readonly broken: number;
  /** Objects without a row, before and after `sweep`. */
  readonly orphans: readonly [number, number];
  /** Usages that the catalog and the CMS disagree about, before and after `reconcile`. */
  readonly differences: readonly [number, number];
}

/** What the faults left behind. The platform must be healthy and idle. */
export async function inspectPlatform(platform: Platform): Promise<Findings> {
  await eventually('the catalog and the CMS agree', () => bothSidesAgree(platform)).catch(() => {});
  const unfinished = await countUnfinished(platform);
  const before = await verify(platform);
  await maintenance(platform, 'sweep', '--grace-hours', '0');
  const after = await verify(platform);
  const found = await reconcile(platform);
  const left = await reconcile(platform);
  return {
    unfinished,
    broken: after.broken,
    orphans: [before.orphans, after.orphans],
    differences: [found, left],
  };
}

async function bothSidesAgree({ databaseUrl }: Platform): Promise<boolean> {
  const [uses, claims] = await Promise.all([
    idsIn(databaseUrl('catalog'), 'SELECT id FROM product_media ORDER BY id'),
    idsIn(
      databaseUrl('cms'),
      "SELECT usage_id AS id FROM media_usages WHERE active AND consumer = 'catalog' ORDER BY usage_id",
    ),
  ]);
  return uses.join() === claims.join();
}

/** As if an hour had passed: the CMS removes what uploads of killed processes left behind. */
async function countUnfinished(platform: Platform): Promise<number> {
  const { dataDir, databaseUrl } = platform;
  await idsIn(
    databaseUrl('cms'),
    "UPDATE uploads SET seen_at = now() - interval '1 hour' WHERE state = 'RESERVED' RETURNING id",
  );
  const staging = join(dataDir, 'media/staging');
  const longAgo = new Date(Date.now() - 24 * 3_600_000);
  const staged = () => readdir(staging).catch(() => []);
  for (const name of await staged()) await utimes(join(staging, name), longAgo, longAgo);
  await platform.restart('cms');
  const count = async () => {
    const reserved = await idsIn(
      databaseUrl('cms'),
      "SELECT id FROM uploads WHERE state = 'RESERVED'",
    );
    return reserved.length + (await staged()).length;
  };
  await eventually('nothing is unfinished', async () => (await count()) === 0).catch(() => {});
  return count();
}

async function idsIn(connectionString: string, query: string): Promise<string[]> {
  const client = new Client({ connectionString });
  await client.connect();
  const { rows } = await client.query<{ id: string }>(query);
  await client.end();
  return rows.map(({ id }) => id);
}

/** `pnpm cms verify --checksums`, without pnpm. */
async function verify(platform: Platform) {
  const printed = await maintenance(platform, 'verify', '--checksums');
  const lines = (kind: RegExp) => printed.split('\n').filter((line) => kind.test(line)).length;
  return { broken: lines(/^(missing|size|checksum) /), orphans: lines(/^unreferenced /) };
}

const maintenance = ({ dataDir, databaseUrl }: Platform, ...args: string[]) =>
  run(mainOf('cms', 'maintenance'), args, {
    DATA_DIR: dataDir,
    CMS_DATABASE_URL: databaseUrl('cms'),
  });

/** `pnpm catalog reconcile`, without pnpm. Returns the number of corrected differences. */
async function reconcile({ dataDir, databaseUrl, cmsUrl }: Platform): Promise<number> {
  const printed = await run(mainOf('catalog', 'reconcile'), [], {
    DATA_DIR: dataDir,
    CATALOG_DATABASE_URL: databaseUrl('catalog'),
    CMS_URL: cmsUrl,
  });
  const [, count] = / (\d+) differences corrected\.\n$/.exec(printed) ?? [];
  if (count === undefined) throw new Error(`reconcile failed:\n${printed}`);
  return Number(count);
}

async function run(program: string, args: string[], env: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return printed;
}
