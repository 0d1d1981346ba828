import DataLoader from 'dataloader';

/** A page of a list of a file. */
interface PageOfFile {
  readonly mediaId: string;
}

/**
 * For one request and one store: the same page of several files is one statement, `read`.
 *
 * @param pageOf what the page depends on besides the file
 * @param fileOf another value for a file that has changed since: its page is read again
 */
export const createPageLoader = <Wanted extends PageOfFile, Row extends PageOfFile>({
  read,
  pageOf,
  fileOf = ({ mediaId }) => mediaId,
}: {
  read: (mediaIds: readonly string[], page: Wanted) => Promise<readonly Row[]>;
  pageOf: (wanted: Wanted) => string;
  fileOf?: (wanted: Wanted) => string;
}) =>
  new DataLoader<Wanted, Row[], string>(
    async (wanted) => {
      const rows = new Map<Wanted, Row[]>();
      for (const pages of Map.groupBy(wanted, pageOf).values()) {
        const [page] = pages;
        if (!page) continue;
        const ids = new Set(pages.map(({ mediaId }) => mediaId));
        const byFile = Map.groupBy(await read([...ids], page), ({ mediaId }) => mediaId);
        for (const one of pages) rows.set(one, byFile.get(one.mediaId) ?? []);
      }
      return wanted.map((one) => rows.get(one) ?? []);
    },
    { cacheKeyFn: (wanted) => `${fileOf(wanted)} ${pageOf(wanted)}` },
  );
