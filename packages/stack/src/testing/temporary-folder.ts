import { chmod, mkdir, mkdtemp, readdir, realpath, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { destroyEmbeddedPostgres } from '../embedded-postgres.ts';
import { isStillRunning, processStart } from '../process-table.ts';

const prefix = 'federated-media-of-';

/**
 * Creates a temporary folder. When this process runs as root, PostgreSQL runs as another user, who has access to it.
 */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), `${ownPrefix()}-`));
  await chmod(folder, 0o711);
  return folder;
}

/** Like temporaryFolder, but always the same folder for this process. */
export async function folderOfThisProcess(): Promise<string> {
  const folder = join(await realpath(tmpdir()), ownPrefix());
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o711);
  return folder;
}

/** Removes the folders of killed processes, and stops the PostgreSQL servers that still use them. */
export async function removeLeftovers(): Promise<void> {
  const root = await realpath(tmpdir());
  for (const name of await readdir(root)) {
    const folder = join(root, name);
    if (name.startsWith(prefix) && !isInUse(name) && (await mayRemove(folder))) {
      await destroyEmbeddedPostgres(folder);
    }
  }
}

/** With the start time, because pids are reused. */
function ownPrefix(): string {
  return `${prefix}${process.pid}-${processStart(process.pid)}`;
}

function isInUse(name: string): boolean {
  const [pid, startedAt] = name.slice(prefix.length).split('-');
  return isStillRunning(Number(pid), startedAt);
}

async function mayRemove(folder: string): Promise<boolean> {
  const self = process.getuid?.();
  return self === 0 || (await stat(folder)).uid === self;
}
