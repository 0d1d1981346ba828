import type { ApolloClient } from '@apollo/client';
import type {
  LibraryFileFragment,
  MediaLibraryFilter,
  MediaLibraryOrder,
} from '../generated/graphql.ts';
import { FILES_BY_ID, FILE_PAGE } from './queries.ts';

/** At most 100, so that a page can be read again by its ids. */
const PAGE_SIZE = 96;
/** Pages further away from what is visible are reduced to their ids. */
const KEPT_AROUND = 3;

interface Page {
  readonly after: string | null;
  ids: readonly string[];
  /** Null: dropped. */
  files: ReadonlyMap<string, LibraryFileFragment> | null;
  reading: boolean;
}

export interface ListState {
  /** Known files, from the start of the list. */
  readonly count: number;
  /** All files; null while unknown. */
  readonly total: number | null;
  readonly hasMore: boolean;
  readonly error: Error | null;
  /** Grows with each change of the files. */
  readonly revision: number;
}

export interface ListQuery {
  readonly filter: MediaLibraryFilter;
  readonly orderBy: MediaLibraryOrder;
}

/**
 * The files of one filter and order, read page by page. It bypasses the cache of Apollo, which never forgets: here,
 * 20,000 files that were scrolled over are 20,000 ids.
 */
export class FileList {
  #pages: Page[] = [];
  /** Where each page starts. */
  #starts: number[] = [];
  #end: string | null = null;
  #hasMore = true;
  #total: number | null = null;
  #error: Error | null = null;
  #reading = false;
  /** Pages before it show files from before a change. */
  #staleBefore = 0;
  /** Something was changed while a page was being read. */
  #isRefreshWanted = false;
  #visible = { from: 0, to: 0 };
  #state: ListState;
  /** Responses of requests from before are ignored. */
  #generation = 0;
  #requests = new AbortController();
  readonly key: string;
  readonly isTrash: boolean;
  readonly #listeners = new Set<() => void>();
  readonly #client: ApolloClient;
  readonly #query: ListQuery;

  constructor(client: ApolloClient, query: ListQuery) {
    this.#client = client;
    this.#query = query;
    this.key = JSON.stringify(query);
    this.isTrash = query.filter.trashed === true;
    this.#state = this.#currentState(0, 0);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#cancel();
    };
  };

  readonly state = (): ListState => this.#state;

  idAt(index: number): string | undefined {
    const page = this.#pageAt(index);
    return this.#pages[page]?.ids[index - (this.#starts[page] ?? 0)];
  }

  /** Undefined while it is being read, and when it no longer exists. */
  fileAt(index: number): LibraryFileFragment | undefined {
    const id = this.idAt(index);
    return id === undefined ? undefined : this.#pages[this.#pageAt(index)]?.files?.get(id);
  }

  /** -1 when it is not among the known files. */
  indexOf(id: string): number {
    for (const [index, { ids }] of this.#pages.entries()) {
      const at = ids.indexOf(id);
      if (at !== -1) return (this.#starts[index] ?? 0) + at;
    }
    return -1;
  }

  ids(from = 0, to = Infinity): string[] {
    const first = this.#pageAt(from);
    const last = this.#pageAt(to);
    const start = this.#starts[first] ?? 0;
    return this.#pages
      .slice(first, last + 1)
      .flatMap(({ ids }) => ids)
      .slice(from - start, to - start);
  }

  /** Reads what is needed to show these files, and a page ahead. */
  show(from: number, to: number): void {
    this.#visible = { from, to };
    const [first, last] = this.#visiblePages();
    for (const [index, page] of this.#pages.entries()) {
      const isNear = index >= first - KEPT_AROUND && index <= last + KEPT_AROUND;
      if (!isNear) page.files = null;
      else if (!page.files && !this.#error && index >= first - 1 && index <= last + 1)
        void this.#readAgain(page);
    }
    if (this.#error || this.#reading) return;
    const ahead = this.#state.count - PAGE_SIZE;
    if (first < this.#staleBefore) void this.refresh();
    else if (this.#hasMore && to >= ahead) void this.#readNext();
  }

  retry(): void {
    this.#error = null;
    this.#publish();
    this.show(this.#visible.from, this.#visible.to);
  }

  /**
   * Reads the visible pages again, because files were changed: now, or after what is being read. Pages below are
   * forgotten; those above are read again when they become visible.
   */
  async refresh(): Promise<void> {
    this.#staleBefore = Infinity;
    this.#isRefreshWanted = this.#reading;
    if (this.#reading) return;
    const [first, last] = this.#visiblePages();
    const kept = this.#pages.slice(0, first);
    await this.#guarded(async (current) => {
      const pages = [...kept];
      let after = this.#pages[first]?.after ?? null;
      let hasMore = true;
      let total = this.#total;
      while (hasMore && pages.length <= last) {
        const read = await this.#page(after, pages, pages.length === kept.length);
        if (!current()) return;
        pages.push(read.page);
        after = read.end;
        hasMore = read.hasMore;
        total = read.total ?? total;
      }
      this.#pages = pages;
      this.#end = after;
      this.#hasMore = hasMore;
      this.#total = total;
      this.#staleBefore = kept.length;
    });
  }

  /** Files that left this list. */
  forget(ids: Iterable<string>): void {
    const gone = new Set(ids);
    for (const page of this.#pages) {
      const kept = page.ids.filter((id) => !gone.has(id));
      if (this.#total !== null) this.#total -= page.ids.length - kept.length;
      page.ids = kept;
    }
    this.#publish();
    // What is being read may still have them.
    if (this.#reading) {
      this.#cancel();
      void this.refresh();
    }
  }

  async #readNext(): Promise<void> {
    await this.#guarded(async (current) => {
      const read = await this.#page(this.#end, this.#pages, this.#total === null);
      if (!current()) return;
      this.#pages = [...this.#pages, read.page];
      this.#end = read.end;
      this.#hasMore = read.hasMore;
      this.#total = read.total ?? this.#total;
    });
  }

  /** One change of the pages at a time. */
  async #guarded(change: (current: () => boolean) => Promise<void>): Promise<void> {
    const generation = this.#generation;
    const isCurrent = () => generation === this.#generation;
    this.#reading = true;
    try {
      await change(isCurrent);
      if (isCurrent()) this.#error = null;
    } catch (error) {
      if (isCurrent()) this.#error = error instanceof Error ? error : new Error(String(error));
    } finally {
      if (isCurrent()) {
        this.#reading = false;
        if (this.#isRefreshWanted) void this.refresh();
        this.#publish();
      }
    }
  }

  async #page(after: string | null, before: readonly Page[], withCount: boolean) {
    const { data, error } = await this.#client.query({
      query: FILE_PAGE,
      variables: { first: PAGE_SIZE, after, withCount, ...this.#query },
      ...this.#uncached(),
    });
    if (!data) throw new Error(error?.message);
    const { nodes, pageInfo, totalCount } = data.mediaLibrary;
    const files = new Map(nodes.map((file) => [file.id, file]));
    const known = new Set(before.flatMap(({ ids }) => ids));
    return {
      // A file can move behind the cursor while one scrolls: it is shown once.
      page: { after, ids: [...files.keys()].filter((id) => !known.has(id)), files, reading: false },
      end: pageInfo.endCursor ?? after,
      hasMore: pageInfo.hasNextPage,
      total: totalCount,
    };
  }

  async #readAgain(page: Page): Promise<void> {
    if (page.reading || page.ids.length === 0) return;
    page.reading = true;
    const generation = this.#generation;
    try {
      const { data, error } = await this.#client.query({
        query: FILES_BY_ID,
        variables: { ids: [...page.ids] },
        ...this.#uncached(),
      });
      if (!data) throw new Error(error?.message);
      if (generation !== this.#generation) return;
      const files = data.mediaFiles.filter((file) => file !== null);
      page.files = new Map(files.map((file) => [file.id, file]));
    } catch (error) {
      if (generation === this.#generation)
        this.#error = error instanceof Error ? error : new Error(String(error));
    } finally {
      page.reading = false;
      if (generation === this.#generation) this.#publish();
    }
  }

  #uncached() {
    return {
      fetchPolicy: 'no-cache',
      errorPolicy: 'all',
      context: { queryDeduplication: false, fetchOptions: { signal: this.#requests.signal } },
    } as const;
  }

  #cancel(): void {
    this.#generation += 1;
    this.#requests.abort();
    this.#requests = new AbortController();
    this.#reading = false;
    this.#isRefreshWanted = false;
  }

  #publish(): void {
    let start = 0;
    this.#starts = this.#pages.map(({ ids }) => {
      start += ids.length;
      return start - ids.length;
    });
    this.#state = this.#currentState(start, this.#state.revision + 1);
    for (const listener of this.#listeners) listener();
  }

  #currentState(count: number, revision: number): ListState {
    return {
      count,
      total: this.#total,
      hasMore: this.#hasMore,
      error: this.#error,
      revision,
    };
  }

  #visiblePages(): [number, number] {
    return [this.#pageAt(this.#visible.from), this.#pageAt(this.#visible.to)];
  }

  /** By halving. The last page for indexes after the end. */
  #pageAt(index: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
