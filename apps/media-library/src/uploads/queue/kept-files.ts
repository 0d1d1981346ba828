import { clear, createStore, delMany, entries, set, setMany } from 'idb-keyval';
import type { QueuedFile, UploadMeta } from './upload-item.ts';

/** The server keeps the bytes of an unfinished upload for a day. */
const LIFE_MS = 24 * 60 * 60 * 1_000;

interface KeptFile {
  readonly data: Blob;
  readonly name: string;
  readonly type: string;
  readonly keptAt: number;
}

/** What a reloaded page needs to go on. The state of an upload is kept separately, because its bytes do not change. */
interface Kept {
  readonly file: KeptFile;
  readonly meta: UploadMeta;
}

const ignore = () => {};
const filesOf = (owner: string) => createStore(`media-library-files:${owner}`, 'files');
const statesOf = (owner: string) => createStore(`media-library-uploads:${owner}`, 'uploads');

/** When a user signs out: the next one of this computer must not find them. */
export async function forgetKeptFiles(owner: string): Promise<void> {
  try {
    await Promise.all([clear(filesOf(owner)), clear(statesOf(owner))]);
  } catch {
    // A browser that allows no database has kept nothing.
  }
}

/**
 * The files of unfinished uploads, in IndexedDB, separately for each session. A browser that has no space for them, or
 * allows no database, keeps nothing: the uploads then end with the page.
 */
export function openKeptFiles(owner: string) {
  const files = filesOf(owner);
  const states = statesOf(owner);

  return {
    async keep(added: readonly QueuedFile[]): Promise<void> {
      const keptAt = Date.now();
      const kept = added.flatMap(({ id, data, name, type }): [string, KeptFile][] =>
        data instanceof Blob ? [[id, { data, name, type, keptAt }]] : [],
      );
      const metas = added.map(({ id, meta }): [string, UploadMeta] => [id, meta]);
      await Promise.all([setMany(kept, files), setMany(metas, states)]).catch(ignore);
    },
    update: (id: string, meta: UploadMeta) => set(id, meta, states).catch(ignore),
    forget: (ids: readonly string[]) =>
      Promise.all([delMany([...ids], files), delMany([...ids], states)]).catch(ignore),
    /** Forgets what is too old. */
    async restore(): Promise<Kept[]> {
      const [all, metas] = await Promise.all([
        entries<string, KeptFile>(files),
        entries<string, UploadMeta>(states),
      ]).catch(() => [[], []]);
      const current = all.filter(([, { keptAt }]) => Date.now() - keptAt < LIFE_MS);
      const currentIds = new Set(current.map(([id]) => id));
      const old = [...all, ...metas].map(([id]) => id).filter((id) => !currentIds.has(id));
      if (old.length > 0) await this.forget(old);
      const byId = new Map(metas);
      return current.flatMap(([id, file]) => {
        const meta = byId.get(id);
        return meta ? [{ file, meta }] : [];
      });
    },
  };
}
export type KeptFiles = ReturnType<typeof openKeptFiles>;
