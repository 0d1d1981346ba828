import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { z } from 'zod';
import type { Clients } from './clients.ts';

const PAGE = `query ($first: Int, $last: Int, $after: String, $filter: MediaLibraryFilter, $orderBy: MediaLibraryOrder, $count: Boolean!) {
  mediaLibrary(first: $first, last: $last, after: $after, filter: $filter, orderBy: $orderBy) {
    nodes { id originalFilename mediaType mimeType fileSize width height altText folder tags usageCount url createdAt }
    pageInfo { hasNextPage startCursor endCursor }
    totalCount @include(if: $count)
  }
}`;
const COUNT = `query ($filter: MediaLibraryFilter) { mediaLibrary(first: 1, filter: $filter) { totalCount } }`;
const FILES = `query ($ids: [ID!]!) { mediaFiles(ids: $ids) { id url altText width height } }`;
const CLAIM = `mutation ($input: [MediaUsageClaimInput!]!) {
  claimMediaUsages(input: $input) { mediaFiles { id } userErrors { message } }
}`;
const CHANGES = `query ($after: String) {
  mediaChanges(first: 500, after: $after) { cursor changes { id kind storeId mediaId version } }
}`;
const CLAIMS = `query ($after: String) {
  mediaUsageClaims(first: 500, after: $after) { cursor claims { usageId mediaId claimVersion active mediaVersion } }
}`;

const Page = z.object({
  mediaLibrary: z.object({
    nodes: z.array(z.object({ id: z.string() })),
    pageInfo: z.object({ startCursor: z.string() }),
  }),
});

export interface Operation {
  readonly name: string;
  run(): Promise<unknown>;
}

const FIRST = 50;
const search = (words: string) => ({ filter: { search: words } });

/** What editors and consumers request, in one store. */
export async function operationsOf(
  clients: Clients,
  { storeId, count, database }: { storeId: string; count: number; database: pg.Pool },
): Promise<Operation[]> {
  const editor = await clients.editor(storeId);
  const catalog = clients.consumer(storeId, 'catalog');
  const page = (variables: object) => editor(PAGE, { first: FIRST, count: false, ...variables });
  const [newest, oldest] = [
    Page.parse(await page({})).mediaLibrary,
    Page.parse(await page({ first: null, last: FIRST + 1 })).mediaLibrary,
  ];
  const ids = newest.nodes.slice(0, 24).map(({ id }) => id);
  const after = oldest.pageInfo.startCursor;
  const { rows: positions } = await database.query<{ mediaId: string }>(
    `SELECT id AS "mediaId" FROM media_files WHERE store_id = $1 LIMIT 500`,
    [storeId],
  );
  let claimed = 0;
  const claim = () => {
    const mediaId = positions[claimed++ % positions.length]?.mediaId;
    const usageId = randomUUID();
    const input = [{ mediaId, usageId, claimVersion: 1, entityType: 'Thing', entityId: usageId }];
    return catalog(CLAIM, { input });
  };

  const pages: [string, object][] = [
    ['first page', {}],
    ['deepest page', { after }],
    ['by name', { orderBy: { field: 'ORIGINAL_FILENAME', direction: 'ASC' } }],
    ['by usages', { orderBy: { field: 'USAGE_COUNT', direction: 'DESC' } }],
    ['a folder', { filter: { folder: 'shoots/2022/garden/set-7' } }],
    ['a folder tree', { filter: { folderTree: 'shoots/2022' } }],
    ['a tag of 0.02 %', { filter: { tags: ['lot-77'] } }],
    ['a tag of 10 %', { filter: { tags: ['beach'] } }],
    ['unused', { filter: { used: false } }],
    ['without alternative text', { filter: { missingAltText: true } }],
    ['videos', { filter: { mediaType: ['VIDEO'] } }],
    ['search: a word of 40 files', search('lighthouse')],
    ['search: two words of 40 files', search('lighthouse jpg')],
    ['search: two words of 40 files, with total', { ...search('lighthouse jpg'), count: true }],
    ['search: the number of one file', search(`${count - 123}`)],
    ['search: no file', search('zebra')],
    ['search: a word of 10 %', search('beach')],
    ['search: two words of 2 %', search('foggy harbour')],
    ['search: a word of two letters', search('ea')],
  ];
  const counts: [string, object | null][] = [
    ['total of all', null],
    ['total of a folder', { folder: 'shoots/2022/garden/set-7' }],
    ['total of a folder tree', { folderTree: 'shoots/2022' }],
    ['total of a tag of 0.02 %', { tags: ['lot-77'] }],
    ['total of a tag of 10 %', { tags: ['beach'] }],
    ['total of videos', { mediaType: ['VIDEO'] }],
    ['total of images', { mediaType: ['IMAGE'] }],
    ['total of unused', { used: false }],
    ['total of a search: 2 %', { search: 'foggy harbour' }],
    ['total of a search: 10 %', { search: 'beach' }],
    ['total of a search: all', { search: 'jpg' }],
  ];
  return [
    ...pages.map(([name, variables]) => ({ name, run: () => page(variables) })),
    { name: '24 files by their ids', run: () => editor(FILES, { ids }) },
    { name: 'folders', run: () => editor('{ mediaFolders { path mediaCount } }') },
    { name: 'tags', run: () => editor('{ mediaTags { name mediaCount } }') },
    {
      name: 'tags: lot-77',
      run: () => editor('{ mediaTags(search: "lot-77", first: 10) { name mediaCount } }'),
    },
    { name: 'quota', run: () => editor('{ mediaQuota { usedBytes fileCount } }') },
    { name: 'claim', run: claim },
    { name: 'change feed, 500', run: () => catalog(CHANGES) },
    { name: 'claims of a consumer, 500', run: () => catalog(CLAIMS) },
    {
      name: 'claims of a consumer without any',
      run: () => clients.consumer(storeId, 'blog')(CLAIMS),
    },
    ...counts.map(([name, filter]) => ({ name, run: () => editor(COUNT, { filter }) })),
  ];
}
