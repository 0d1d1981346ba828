import type { MediaLibraryFilter, MediaLibraryOrder } from '../generated/graphql.ts';

export const LISTS = ['alt-text', 'unused', 'large', 'duplicates'] as const;
export type ListName = (typeof LISTS)[number];
export const isListName = (name: string | undefined): name is ListName =>
  LISTS.some((one) => one === name);

const LARGE_BYTES = 5_000_000;

interface List {
  readonly filter: MediaLibraryFilter;
  readonly orderBy: MediaLibraryOrder;
  /** The same files in the files view. */
  readonly search: string;
}

export const fileLists = {
  unused: {
    filter: { used: false },
    orderBy: { field: 'CREATED_AT', direction: 'ASC' },
    search: '?used=false&order=CREATED_AT&dir=ASC',
  },
  large: {
    filter: { fileSize: { min: LARGE_BYTES } },
    orderBy: { field: 'FILE_SIZE', direction: 'DESC' },
    search: `?minSize=${LARGE_BYTES}&order=FILE_SIZE&dir=DESC`,
  },
} as const satisfies Record<string, List>;
