import {
  type AttachPlan,
  type Findings,
  repeatedProblem,
} from '@federated-media/media-consumer/associations/attach';
import type { Finding } from '@federated-media/media-consumer/claims';
import type { Product } from '../product/product.ts';
import {
  type Candidate,
  type Draft,
  type Outcome,
  type Rejected,
  attachAll,
  checkDraft,
  isRejected,
} from './attaching.ts';
import type { ProductMedia } from './product-media.ts';
import { allowsMediaType, findingProblem } from './rules.ts';
import { isSameUsage } from './usages.ts';

/** A usage as the CMS's ledger stores it. */
export const toUsage = ({ id, mediaId, usageType, claimVersion }: ProductMedia) => ({
  usageId: id,
  mediaId,
  role: usageType,
  claimVersion,
});

/**
 * Claims the files of the drafts that the rules allow. Equal drafts, and drafts of existing usages, share a claim.
 * Existing usages that drafts repeat are claimed again, to find out whether their files still exist.
 */
export function planAttaching(
  product: Product,
  drafts: readonly Draft[],
): AttachPlan<Product, Outcome[]> {
  const items = drafts.map((draft) => ({ ...checkDraft(product, draft), path: draft.path }));
  const candidates = items.flatMap((item) => (isRejected(item) ? [] : [item]));
  const claimOf = ({ usage, known }: Candidate): ProductMedia =>
    known ?? candidates.find((earlier) => isSameUsage(earlier.usage, usage))?.usage ?? usage;

  const added = [...new Set(candidates.filter(({ known }) => !known).map(claimOf))];
  const repeated = items.flatMap((item) => (isRejected(item) ? (item.repeated ?? []) : []));
  const existing = [...new Set([...candidates.flatMap(({ known }) => known ?? []), ...repeated])];
  const usageTypes = new Map(candidates.map((item) => [claimOf(item).id, item.usage.usageType]));
  return {
    wanted: added.map(toUsage),
    existing: existing.map(toUsage),
    accepts({ usageId }, file) {
      const usageType = usageTypes.get(usageId);
      return usageType !== undefined && allowsMediaType(usageType, file.mediaType);
    },
    decide: (current, findings) =>
      attachAll(
        current,
        items.map((item) =>
          isRejected(item)
            ? rejected(item, findings)
            : judged(item, findings.get(claimOf(item).id)),
        ),
      ),
  };
}

function rejected(
  { problem, repeated, path }: Rejected & Pick<Draft, 'path'>,
  findings: Findings,
): Rejected {
  return { problem: repeatedProblem(repeated, findings, [...path, 'mediaId']) ?? problem };
}

function judged(candidate: Candidate, finding: Finding | undefined): Candidate | Rejected {
  const { usage, path } = candidate;
  const check = { usageType: usage.usageType, field: [...path, 'mediaId'] };
  const problem = findingProblem(finding, check);
  return problem ? { problem } : candidate;
}
