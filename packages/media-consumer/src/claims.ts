import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { CmsClient, UsableFile } from './cms-client.ts';
import { CLAIM_OF_NEW, type ExistingUsage, type Intents, type NewUsage } from './intents.ts';
import type { LabelOf } from './labels/labels.ts';
import { MediaUnavailableError } from './media-unavailable.ts';

/** The result of a claim. USABLE: the file exists and, if this was requested, is claimed. */
export type Finding =
  | { readonly status: 'USABLE'; readonly file: UsableFile }
  /** `accepts` rejected the file. */
  | { readonly status: 'UNSUITABLE'; readonly file: UsableFile }
  /** Unknown, another store's, in the trash or purged. */
  | { readonly status: 'NOT_FOUND' }
  /** Its bytes are not verified yet, or their verification failed. */
  | { readonly status: 'NOT_READY' }
  /** The CMS is unavailable. */
  | { readonly status: 'UNAVAILABLE' };

export interface ClaimRequest {
  /** The intents that were stored. */
  readonly intents: Intents;
  readonly entityId: string;
  /** What people call the entity, as it was read; null if the consumer does not name its entities. */
  readonly name: string | null;
  /** The intended usages to claim. Default: all. */
  readonly wanted?: readonly NewUsage[];
  /** Existing usages: claiming them again changes nothing and returns their files. */
  readonly existing?: readonly ExistingUsage[];
  /** Whether the consumer accepts the file for this usage. Default: always. */
  readonly accepts?: (usage: NewUsage, file: UsableFile) => boolean;
}

/** What happens to intents whose usages are not written. */
export interface Settlement {
  /** Certainly not claimed. */
  readonly forgotten: readonly string[];
  /** Possibly claimed. */
  readonly released: readonly string[];
}

export interface ClaimDependencies {
  readonly cms: CmsClient;
  readonly entityType: string;
  readonly labelOf: LabelOf;
  readonly settle: (settlement: Settlement) => Promise<void>;
  readonly logger: Logger;
}

/**
 * Claims files before anything is written, all in one request. If the CMS rejects some, it claims the others
 * in a second one, so no file depends on the others. It settles the intents of those that are not USABLE.
 */
export function createClaims({ cms, entityType, labelOf, settle, logger }: ClaimDependencies) {
  return async function claim({
    intents: { storeId, usages },
    entityId,
    name,
    wanted = usages,
    existing = [],
    accepts = () => true,
  }: ClaimRequest): Promise<ReadonlyMap<string, Finding>> {
    const startedAt = performance.now();
    const findings = new Map<string, Finding>();
    const isWanted = new Set(wanted.map(({ usageId }) => usageId));
    const forgotten = usages.map(({ usageId }) => usageId).filter((id) => !isWanted.has(id));
    const released: string[] = [];

    let left: readonly ExistingUsage[] = [
      ...wanted.map((usage) => ({ ...usage, claimVersion: CLAIM_OF_NEW })),
      ...existing,
    ];
    for (let round = 1; round <= 2 && left.length > 0; round += 1) {
      const answer = await requestClaims(left, cms.timeoutMs - (performance.now() - startedAt));
      if (!answer) break;
      const { files, rejected, isCertain } = answer;
      for (const [index, code] of rejected) {
        const { usageId } = at(left, index);
        findings.set(usageId, { status: code === 'NOT_FOUND' ? 'NOT_FOUND' : 'NOT_READY' });
        if (isWanted.has(usageId)) (isCertain ? forgotten : released).push(usageId);
      }
      if (rejected.size === 0) {
        for (const usage of left) {
          const finding = judge(usage, files.get(usage.mediaId));
          findings.set(usage.usageId, finding);
          if (finding.status !== 'USABLE' && isWanted.has(usage.usageId))
            released.push(usage.usageId);
        }
      }
      left = left.filter(({ usageId }) => !findings.has(usageId));
    }
    for (const { usageId } of left) findings.set(usageId, { status: 'UNAVAILABLE' });

    if (forgotten.length + released.length > 0) await settle({ forgotten, released });
    return findings;

    /** Null when the CMS is unavailable. If it has claimed the files all the same, the outbox releases them. */
    async function requestClaims(some: readonly ExistingUsage[], timeoutMs: number) {
      const label = labelOf({ id: entityId, name });
      const claims = some.map((usage) => ({ ...usage, entityType, entityId, ...label }));
      try {
        return await cms.claim(storeId, claims, { timeoutMs: Math.max(1, Math.ceil(timeoutMs)) });
      } catch (error) {
        if (!(error instanceof MediaUnavailableError)) throw error;
        logger.warn({ err: error }, 'the CMS is not available');
        return null;
      }
    }

    function judge(usage: NewUsage, file: UsableFile | undefined): Finding {
      const finding = findingOf(file);
      if (finding.status !== 'USABLE' || accepts(usage, finding.file)) return finding;
      return { status: 'UNSUITABLE', file: finding.file };
    }
  };
}

function findingOf(file: UsableFile | undefined): Finding {
  if (!file) return { status: 'NOT_FOUND' };
  if (file.status !== 'READY') return { status: 'NOT_READY' };
  return { status: 'USABLE', file };
}

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new Error(`There is no item ${index}.`);
  return item;
}
