import type { ApolloClient } from '@apollo/client';
import { makeZip } from 'client-zip';
import { type Outcome, type Running, batchesOf, problemOf } from './bulk.ts';
import { ORIGINALS } from './queries.ts';
import { distinctNames } from './zip-names.ts';

/** Few, because the URLs of private files expire. */
const BATCH = 50;
/** Read as a whole, so that a broken connection costs this file, not the archive. */
const SMALL_FILE = 32_000_000;
const PREFIX = 'archive-';
/** By then, the browser has copied the archive to where the user wants it. */
const KEPT_MS = 3_600_000;

/**
 * Downloads the originals as one ZIP archive. It is written to a private file on the disk while it is received, so
 * that its size does not matter for the memory.
 */
export async function downloadZip(
  client: ApolloClient,
  ids: readonly string[],
  { signal, onProgress }: Running,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const distinct = distinctNames();

  async function* entries() {
    for (const batch of batchesOf(ids, BATCH)) {
      const { data } = await client.query({
        query: ORIGINALS,
        variables: { ids: batch },
        fetchPolicy: 'no-cache',
      });
      for (const [index, id] of batch.entries()) {
        const file = data.mediaFiles[index];
        try {
          if (!file?.url) throw new Error('The file is not available.');
          const response = await fetch(file.url, { signal });
          if (!response.ok) throw new Error(`Status ${response.status}.`);
          const isSmall = file.fileSize <= SMALL_FILE;
          yield {
            name: distinct(file.originalFilename),
            lastModified: new Date(file.updatedAt),
            input: isSmall ? await response.arrayBuffer() : response,
          };
          outcomes.push({ id, problem: null });
        } catch (error) {
          signal.throwIfAborted();
          outcomes.push({ id, problem: problemOf(error) });
        }
        onProgress(outcomes.length);
      }
    }
  }

  const archive = await stored(makeZip(entries()), signal);
  if (outcomes.some(({ problem }) => !problem)) save(archive);
  return outcomes;
}

/** Absent without HTTPS. Some browsers have private files that pages can only read. */
const canWriteFiles =
  'storage' in navigator &&
  'FileSystemFileHandle' in globalThis &&
  'createWritable' in FileSystemFileHandle.prototype;

/** On the disk; in memory where the browser has no private files. */
async function stored(stream: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<Blob> {
  const folder = canWriteFiles ? await navigator.storage.getDirectory().catch(() => null) : null;
  if (!folder) return new Response(stream).blob();
  await removeOld(folder);
  const name = `${PREFIX}${Date.now()}`;
  const handle = await folder.getFileHandle(name, { create: true });
  try {
    await stream.pipeTo(await handle.createWritable(), { signal });
    return await handle.getFile();
  } catch (error) {
    await folder.removeEntry(name).catch(() => undefined);
    throw error;
  }
}

async function removeOld(folder: FileSystemDirectoryHandle): Promise<void> {
  for await (const name of folder.keys()) {
    const age = Date.now() - Number(name.slice(PREFIX.length));
    if (name.startsWith(PREFIX) && age > KEPT_MS) await folder.removeEntry(name);
  }
}

function save(archive: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(archive);
  link.download = `media-${new Date().toISOString().slice(0, 10)}.zip`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}
