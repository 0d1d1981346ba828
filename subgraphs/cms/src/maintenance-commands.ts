import type { Logger } from '@federated-media/subgraph-kit/logger';
import { prepareQueue } from './platform/jobs/runner.ts';
import { createPurgeRepository } from './files/trash/purge-repository.ts';
import type { Storage } from './storage/storage.ts';
import { isStoreId } from '@federated-media/subgraph-kit/ids';
import { ArgumentError } from '@federated-media/subgraph-kit/process';
import { parseBytes } from '@federated-media/subgraph-kit/settings';
import { createSecretRepository } from './delivery/urls/secret-repository.ts';
import { createStoreRepository } from './files/store/repository.ts';
import { createUpkeepRepository } from './storage/upkeep/repository.ts';
import { createSweeper } from './storage/upkeep/sweeper.ts';
import { createTrashEmptier } from './files/trash/trash-emptier.ts';
import { createClaimsRepository } from './usage/ledger/claims-repository.ts';
import { releaseConsumer } from './usage/ledger/release-consumer.ts';
import { createUsageRepository } from './usage/ledger/repository.ts';
import { type Fault, verifyStorage } from './storage/upkeep/verify.ts';

export interface MaintenanceOptions {
  readonly checksums: boolean;
  readonly dryRun: boolean;
  readonly graceHours: number;
  readonly olderThanDays: number;
  /** False: `olderThanDays` is the setting, where 0 means never. */
  readonly isAgeGiven: boolean;
  /** What follows the name of the command. */
  readonly args: readonly string[];
}

type Pool = Parameters<typeof createUpkeepRepository>[0]['pool'];

interface Dependencies {
  pool: Pool;
  storage: Storage;
  /** STORE_QUOTA_BYTES. */
  storeQuotaBytes: number | null;
  print: (line: string) => void;
  logger: Logger;
}

/** The commands of `pnpm cms`. Each prints what it finds and a summary. */
export function createMaintenance({ pool, storage, storeQuotaBytes, print, logger }: Dependencies) {
  const objects = createUpkeepRepository({ pool });

  async function verify({ checksums }: MaintenanceOptions): Promise<boolean> {
    const faults = new Map<Fault, number>();
    let contents = 0;
    let stored = 0;
    for await (const found of verifyStorage({ objects, storage, checksums })) {
      if ('contents' in found) contents += found.contents;
      else if ('objects' in found) stored += found.objects;
      else {
        faults.set(found.fault, (faults.get(found.fault) ?? 0) + 1);
        print(`${found.fault.padEnd(12)}  ${found.key}  ${found.detail}`);
      }
    }
    const summary = [...faults].map(([fault, count]) => `${count} ${fault}`).join(', ');
    const checked = `${contents} rows and ${stored} objects${checksums ? ', checksums verified' : ''}`;
    print(`${checked}: ${summary || 'no faults'}.`);
    return faults.size === 0;
  }

  async function sweep({ dryRun, graceHours }: MaintenanceOptions): Promise<boolean> {
    let count = 0;
    let bytes = 0;
    const sweeper = createSweeper({ objects, storage });
    for await (const { key, byteSize, modifiedAt } of sweeper.sweep({ dryRun, graceHours })) {
      print(`${key}  ${byteSize} bytes, modified ${modifiedAt.toISOString()}`);
      count += 1;
      bytes += byteSize;
    }
    print(
      `${dryRun ? 'Would remove' : 'Removed'} ${count} unreferenced objects of ${bytes} bytes.`,
    );
    return true;
  }

  async function purgeTrash(options: MaintenanceOptions): Promise<boolean> {
    const { dryRun, olderThanDays: days, isAgeGiven } = options;
    if (days === 0 && !isAgeGiven) {
      print('TRASH_RETENTION_DAYS is 0: files stay in the trash.');
      return true;
    }
    const emptier = createTrashEmptier({ purges: createPurgeRepository({ pool }) });
    if (dryRun) {
      print(`Would purge ${await emptier.countOlderThan(days)} files.`);
      return true;
    }
    // The queue may not exist yet. A running CMS, or the next one that starts, deletes the objects.
    await prepareQueue({ pool, logger });
    print(`Purged ${await emptier.purgeOlderThan(days)} files. A running CMS removes their bytes.`);
    return true;
  }

  async function quota({ args: [store = '', limit] }: MaintenanceOptions): Promise<boolean> {
    if (!isStoreId(store)) throw new ArgumentError(`Invalid store "${store.slice(0, 80)}".`);
    const stores = createStoreRepository({ pool, quotaBytes: storeQuotaBytes });
    if (limit !== undefined) {
      const bytes = limit === 'default' ? null : parseBytes(limit);
      if (bytes === undefined) {
        throw new ArgumentError(`Invalid size "${limit.slice(0, 80)}". Write 20GiB, or default.`);
      }
      await stores.setQuota(store, bytes);
    }
    const { usedBytes, fileCount, limitBytes } = await stores.quota(store);
    const most = limitBytes === null ? 'no limit' : `at most ${limitBytes} bytes`;
    print(`${store}: ${usedBytes} bytes in ${fileCount} files, ${most}.`);
    return true;
  }

  async function releaseUsages({ dryRun, args }: MaintenanceOptions) {
    const [consumer] = args;
    if (!consumer || args.length > 1) throw new ArgumentError('Name one consumer.');
    const repositories = {
      claims: createClaimsRepository({ pool }),
      usages: createUsageRepository({ pool }),
    };
    const released = await releaseConsumer(repositories, { consumer, dryRun });
    for (const [storeId, count] of released) print(`${storeId}  ${count} usages`);
    const count = [...released.values()].reduce((sum, one) => sum + one, 0);
    const done = dryRun ? 'Would release' : 'Released';
    print(`${done} ${count} usages of ${consumer} in ${released.size} stores.`);
    return true;
  }

  async function forgetSecrets(): Promise<boolean> {
    await createSecretRepository({ pool }).forgetAll();
    print('The next CMS that starts decides which URL_SIGNING_SECRET is right.');
    return true;
  }

  const commands: ReadonlyMap<string, (options: MaintenanceOptions) => Promise<boolean>> = new Map([
    ['verify', verify],
    ['sweep', sweep],
    ['purge-trash', purgeTrash],
    ['quota', quota],
    ['release-usages', releaseUsages],
    ['forget-secrets', forgetSecrets],
  ]);

  return {
    /** False if it found faults. */
    async run(name: string | undefined, options: MaintenanceOptions): Promise<boolean> {
      const command = commands.get(name ?? '');
      if (!command) throw new ArgumentError(`Unknown command "${name}".`);
      return command(options);
    },
  };
}
