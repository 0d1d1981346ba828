import { explain } from '../refusals.ts';
import type { UploadItem } from '../queue/upload-item.ts';

/** All files of the queue together. */
export interface Summary {
  readonly total: number;
  /** Files that were added to the library. */
  readonly done: number;
  /** Files in whose place existing ones are used. */
  readonly reused: number;
  /** Files that are sent, or will be. */
  readonly open: number;
  readonly paused: number;
  readonly duplicates: readonly string[];
  readonly refused: readonly string[];
  /** The refused files that can succeed later. */
  readonly repeatable: readonly string[];
  readonly totalBytes: number;
  readonly sentBytes: number;
}

const isOpen = ({ status }: UploadItem) =>
  status === 'waiting' || status === 'uploading' || status === 'processing' || status === 'paused';

export function summarize(items: readonly UploadItem[]): Summary {
  const refused = items.filter(({ status }) => status === 'refused');
  const ended = items.filter(({ status }) => status === 'done');
  // A file that was not uploaded needs no more bytes.
  const counted = items.filter((item) => isOpen(item) || item.status === 'done');
  const sum = (of: (item: UploadItem) => number) =>
    counted.reduce((all, item) => all + of(item), 0);
  return {
    total: items.length,
    done: ended.filter(({ isReused }) => !isReused).length,
    reused: ended.filter(({ isReused }) => isReused).length,
    open: items.filter(isOpen).length,
    paused: items.filter(({ status }) => status === 'paused').length,
    duplicates: items.filter(({ status }) => status === 'duplicate').map(({ id }) => id),
    refused: refused.map(({ id }) => id),
    repeatable: refused
      .filter(({ refusal }) => refusal && explain(refusal).canRetry)
      .map(({ id }) => id),
    totalBytes: sum(({ totalBytes }) => totalBytes),
    sentBytes: sum(({ sentBytes }) => sentBytes),
  };
}

const RANK = {
  duplicate: 0,
  refused: 0,
  processing: 1,
  uploading: 1,
  paused: 2,
  waiting: 3,
  done: 4,
} satisfies Record<UploadItem['status'], number>;

/** What needs a decision comes first, then what is going on. */
export const inOrder = (items: readonly UploadItem[]) =>
  items.toSorted((one, other) => RANK[one.status] - RANK[other.status]);
