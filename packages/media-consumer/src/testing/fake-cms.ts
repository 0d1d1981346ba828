import { newId } from '@federated-media/subgraph-kit/ids';
import type { CmsClient, LedgerRow, MediaChange, UsableFile } from '../cms-client.ts';
import { MediaUnavailableError } from '../media-unavailable.ts';

interface FakeFile extends UsableFile {
  version: number;
  isTrashed: boolean;
}

/**
 * An in-memory CMS that can be down: files of stores, a ledger of usages and a change feed, with the behaviour
 * of the contract. Journeys test the real one.
 */
export function createFakeCms() {
  const files = new Map<string, FakeFile>();
  const ledger = new Map<string, LedgerRow>();
  const feed: MediaChange[] = [];
  const asked: (readonly string[])[] = [];
  const state: {
    isDown: boolean;
    isFeedHeld: boolean;
    whileClaiming: (() => Promise<unknown>) | null;
  } = { isDown: false, isFeedHeld: false, whileClaiming: null };

  async function answer<Answer>(make: () => Answer): Promise<Answer> {
    if (state.isDown) throw new MediaUnavailableError();
    return make();
  }

  /** Ignores messages that are older than the stored row of their usage. */
  function enter(row: Omit<LedgerRow, 'mediaVersion' | 'trashed'>) {
    if (row.claimVersion <= (ledger.get(row.usageId)?.claimVersion ?? 0)) return;
    ledger.set(row.usageId, { ...row, mediaVersion: 1, trashed: false });
  }

  const usable = (storeId: string, mediaId: string): FakeFile | null => {
    const file = files.get(`${storeId}/${mediaId}`);
    return file && !file.isTrashed ? file : null;
  };

  const client: CmsClient = {
    timeoutMs: 3_000,
    async claim(storeId, wanted) {
      asked.push(wanted.map(({ mediaId }) => mediaId));
      await state.whileClaiming?.();
      return answer(() => {
        const missing = [...wanted.keys()].filter(
          (place) => !usable(storeId, wanted[place]?.mediaId ?? ''),
        );
        const rejected = new Map(missing.map((place) => [place, 'NOT_FOUND']));
        if (rejected.size > 0) return { files: new Map(), rejected, isCertain: true };
        for (const claim of wanted) enter({ ...claim, storeId, active: true });
        const found = wanted.flatMap(({ mediaId }) => {
          const file = usable(storeId, mediaId);
          return file ? [[mediaId, file] as const] : [];
        });
        return { files: new Map(found), rejected, isCertain: true };
      });
    },
    release: (storeId, releases) =>
      answer(() => {
        const ended = { storeId, active: false, label: null, url: null };
        for (const release of releases) enter({ ...release, ...ended });
        return new Map();
      }),
    changes: ({ after, first }) =>
      answer(() => {
        const from = Number(after ?? 0);
        const changes = state.isFeedHeld ? [] : feed.slice(from, from + first);
        return { changes, cursor: String(from + changes.length) };
      }),
    fileState: (storeId, mediaId) =>
      answer(() => {
        const file = files.get(`${storeId}/${mediaId}`);
        return file
          ? {
              state: file.isTrashed ? ('TRASHED' as const) : ('ACTIVE' as const),
              version: file.version,
            }
          : null;
      }),
    ledger: ({ after, first }) =>
      answer(() => {
        const keyOf = (row: Pick<LedgerRow, 'storeId' | 'usageId'>) =>
          `${row.storeId} ${row.usageId}`;
        const claims = [...ledger.values()]
          .filter((row) => after === null || keyOf(row) > after)
          .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
          .slice(0, first)
          .map((row) => {
            const file = files.get(`${row.storeId}/${row.mediaId}`);
            const isTrashed = file?.isTrashed ?? false;
            return { ...row, mediaVersion: file?.version ?? 1, trashed: isTrashed };
          });
        const last = claims.at(-1);
        return { claims, cursor: last ? keyOf(last) : null };
      }),
    close: () => Promise.resolve(),
  };

  function happen(kind: MediaChange['kind'], mediaId: string, storeId: string) {
    const file = files.get(`${storeId}/${mediaId}`);
    if (!file) throw new Error('The file does not exist.');
    file.version += 1;
    file.isTrashed = kind === 'TRASHED';
    const occurredAt = new Date().toISOString();
    feed.push({ kind, storeId, mediaId, version: file.version, occurredAt });
    if (kind !== 'PURGED') return;
    files.delete(`${storeId}/${mediaId}`);
    for (const [id, row] of ledger) if (row.mediaId === mediaId) ledger.delete(id);
  }

  return {
    client,
    /** `isDown`: every request fails. `isFeedHeld`: the change feed is late. `whileClaiming`: runs during each claim, before the response. */
    state,
    /** The files of each claim request. */
    asked,
    ledger,
    /** The ids of the active usages of a file. */
    usagesOf: (mediaId: string): string[] =>
      [...ledger.values()].flatMap((row) =>
        row.active && row.mediaId === mediaId ? [row.usageId] : [],
      ),
    /** Adds a file, by default an image that is READY. Returns its id. */
    add(file: Partial<UsableFile> = {}, storeId = 'store-a'): string {
      const id = newId();
      const made = { status: 'READY', mediaType: 'IMAGE', version: 1, isTrashed: false } as const;
      files.set(`${storeId}/${id}`, { ...made, ...file });
      return id;
    },
    trash: (mediaId: string, storeId = 'store-a') => happen('TRASHED', mediaId, storeId),
    restore: (mediaId: string, storeId = 'store-a') => happen('RESTORED', mediaId, storeId),
    purge: (mediaId: string, storeId = 'store-a') => happen('PURGED', mediaId, storeId),
  };
}
