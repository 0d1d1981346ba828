import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { CmsClient, UsableFile } from './cms-client.ts';
import { CLAIM_OF_NEW, type ExistingUse, type Intents, type NewUse } from './intents.ts';
import { MediaUnavailableError } from './media-unavailable.ts';

/** What became of the wish to use a file. USABLE: it is there and, when it was asked for, claimed. */
export type Finding =
  | { readonly status: 'USABLE'; readonly file: UsableFile }
  /** The consumer does not want it for this. */
  | { readonly status: 'UNSUITABLE'; readonly file: UsableFile }
  /** Unknown, another store's, in the trash or gone. */
  | { readonly status: 'NOT_FOUND' }
  /** Its bytes are not verified, or their processing failed. */
  | { readonly status: 'NOT_READY' }
  /** The CMS can't be asked just now. */
  | { readonly status: 'UNAVAILABLE' };

export interface ClaimRequest {
  /** Those that were stored. */
  readonly intents: Intents;
  readonly entityId: string;
  /** Of the uses intended those that are to be claimed still. Default: all. */
  readonly wanted?: readonly NewUse[];
  /** Uses that are there: claimed again as they are, which changes nothing and tells what their files are. */
  readonly existing?: readonly ExistingUse[];
  /** Whether the consumer takes such a file for such a use. Default: any. */
  readonly accepts?: (use: NewUse, file: UsableFile) => boolean;
}

/** What becomes of intents whose uses are not written. */
export interface Settlement {
  /** Surely never claimed. */
  readonly forgotten: readonly string[];
  /** Perhaps claimed. */
  readonly released: readonly string[];
}

export interface ClaimDependencies {
  readonly cms: CmsClient;
  readonly entityType: string;
  readonly settle: (settlement: Settlement) => Promise<void>;
  readonly logger: Logger;
}

/**
 * Claims files before anything is written. All at once, and when the CMS refuses some, the others once
 * more; so each stands or falls by itself. The intents of those not USABLE are settled here.
 */
export function createClaims({ cms, entityType, settle, logger }: ClaimDependencies) {
  return async function claim({
    intents: { storeId, uses },
    entityId,
    wanted = uses,
    existing = [],
    accepts = () => true,
  }: ClaimRequest): Promise<ReadonlyMap<string, Finding>> {
    const startedAt = performance.now();
    const findings = new Map<string, Finding>();
    const isWanted = new Set(wanted.map(({ usageId }) => usageId));
    const forgotten = uses.map(({ usageId }) => usageId).filter((id) => !isWanted.has(id));
    const released: string[] = [];

    let left: readonly ExistingUse[] = [
      ...wanted.map((use) => ({ ...use, claimVersion: CLAIM_OF_NEW })),
      ...existing,
    ];
    for (let round = 1; round <= 2 && left.length > 0; round += 1) {
      const answer = await ask(left, cms.timeoutMs - (performance.now() - startedAt));
      if (!answer) break;
      const { files, refused, isCertain } = answer;
      for (const [place, code] of refused) {
        const { usageId } = at(left, place);
        findings.set(usageId, { status: code === 'NOT_FOUND' ? 'NOT_FOUND' : 'NOT_READY' });
        if (isWanted.has(usageId)) (isCertain ? forgotten : released).push(usageId);
      }
      if (refused.size === 0) {
        for (const use of left) {
          const finding = judge(use, files.get(use.mediaId));
          findings.set(use.usageId, finding);
          if (finding.status !== 'USABLE' && isWanted.has(use.usageId)) released.push(use.usageId);
        }
      }
      left = left.filter(({ usageId }) => !findings.has(usageId));
    }
    for (const { usageId } of left) findings.set(usageId, { status: 'UNAVAILABLE' });

    if (forgotten.length + released.length > 0) await settle({ forgotten, released });
    return findings;

    /** Null when the CMS can't be asked; what it may have claimed all the same, the outbox releases in time. */
    async function ask(some: readonly ExistingUse[], timeoutMs: number) {
      const claims = some.map((use) => ({ ...use, entityType, entityId }));
      try {
        return await cms.claim(storeId, claims, { timeoutMs: Math.max(1, Math.ceil(timeoutMs)) });
      } catch (error) {
        if (!(error instanceof MediaUnavailableError)) throw error;
        logger.warn({ err: error }, 'the CMS is not available');
        return null;
      }
    }

    function judge(use: NewUse, file: UsableFile | undefined): Finding {
      const finding = findingOf(file);
      if (finding.status !== 'USABLE' || accepts(use, finding.file)) return finding;
      return { status: 'UNSUITABLE', file: finding.file };
    }
  };
}

function findingOf(file: UsableFile | undefined): Finding {
  if (!file) return { status: 'NOT_FOUND' };
  if (file.status === 'UPLOADED' || file.status === 'FAILED') return { status: 'NOT_READY' };
  return { status: 'USABLE', file };
}

function at<Item>(items: readonly Item[], place: number): Item {
  const item = items[place];
  if (item === undefined) throw new Error(`There is no item ${place}.`);
  return item;
}
