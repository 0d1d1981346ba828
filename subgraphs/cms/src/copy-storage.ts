import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { SettingsError } from '@federated-media/subgraph-kit/settings';
import { createCopyProgress } from './copy-progress.ts';
import { type StorageSettings, openLocation } from './storage/open-storage.ts';
import {
  type StorageLocation,
  StorageUrlError,
  readStorageUrl,
} from './storage/storage-location.ts';
import { type CopyOutcome, CopyStoppedError, copyObjects } from './storage/upkeep/copy.ts';
import { createUpkeepRepository } from './storage/upkeep/repository.ts';

/**
 * `pnpm cms copy-storage <from> <to>`: copies the files of all rows. Prints progress, the files that could not be
 * copied, and a summary. False if a file is missing in `to` afterwards.
 */
export async function copyStorage(
  {
    pool,
    settings,
    output,
    logger,
  }: {
    pool: Parameters<typeof createUpkeepRepository>[0]['pool'];
    settings: StorageSettings;
    output: NodeJS.WriteStream;
    logger: Logger;
  },
  given: {
    from: string | undefined;
    to: string | undefined;
    checksums: boolean;
    atOnce: number;
  },
): Promise<boolean> {
  const [from, to] = [locationOf('from', given.from), locationOf('to', given.to)];
  if (isDeepStrictEqual(from, to)) throw new SettingsError(['<from> and <to> are the same.']);
  const objects = createUpkeepRepository({ pool });
  // The copies are not rendered here.
  const folders = { cacheFolder: settings.cacheFolder, cacheMaxBytes: 0 };
  const scratchFolder = to.kind === 'disk' ? join(to.root, 'staging') : settings.scratchFolder;
  const [source, target] = [
    await openLocation(from, folders, logger),
    await openLocation(to, folders, logger),
  ];

  const progress = createCopyProgress({ total: await objects.totals(), output });
  const counts: Record<CopyOutcome['result'], number> = {
    copied: 0,
    present: 0,
    purged: 0,
    failed: 0,
  };
  let stopped: CopyStoppedError | undefined;
  try {
    await copyObjects({
      objects,
      from: source,
      to: target,
      scratchFolder,
      checksums: given.checksums,
      atOnce: given.atOnce,
      onBytes: progress.addBytes,
      onOutcome({ content: { storageKey, byteSize }, result, reason }) {
        counts[result] += 1;
        progress.addFile(result === 'present' ? byteSize : 0);
        if (reason !== undefined) progress.print(`failed  ${storageKey}  ${reason}`);
      },
    });
  } catch (error) {
    if (!(error instanceof CopyStoppedError)) throw error;
    stopped = error;
  } finally {
    progress.stop();
  }
  const { copied, present, purged, failed } = counts;
  progress.print(
    `${copied} copied, ${present} already there, ${purged} purged meanwhile, ${failed} failed.`,
  );
  if (stopped) progress.print(`Stopped: ${stopped.message}. Run it again to continue.`);
  return failed === 0;
}

function locationOf(name: string, url: string | undefined): StorageLocation {
  try {
    return readStorageUrl(url ?? '');
  } catch (error) {
    if (!(error instanceof StorageUrlError)) throw error;
    throw new SettingsError([`<${name}> ${error.message}`]);
  }
}
