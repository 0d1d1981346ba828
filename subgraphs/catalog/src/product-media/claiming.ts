import type { AttachPlan } from '@federated-media/media-consumer/associations/attach';
import type { Finding } from '@federated-media/media-consumer/claims';
import type { Product } from '../product/product.ts';
import {
  type Candidate,
  type Draft,
  type Outcome,
  type Refused,
  attachAll,
  checkDraft,
  isRefused,
} from './attaching.ts';
import type { ProductMedia } from './product-media.ts';
import { findingProblem, takes } from './rules.ts';
import { isSameUse } from './uses.ts';

/** A usage as the CMS's ledger has it. */
export const toUsage = ({ id, mediaId, usageType, claimVersion }: ProductMedia) => ({
  usageId: id,
  mediaId,
  role: usageType,
  claimVersion,
});

/** Claims the files of the drafts that the rules allow; those of the same usage, and of existing ones, once. */
export function planAttaching(
  product: Product,
  drafts: readonly Draft[],
): AttachPlan<Product, Outcome[]> {
  const items = drafts.map((draft) => checkDraft(product, draft));
  const candidates = items.flatMap((item) => (isRefused(item) ? [] : [item]));
  const claimOf = ({ use, known }: Candidate): ProductMedia =>
    known ?? candidates.find((earlier) => isSameUse(earlier.use, use))?.use ?? use;

  const added = [...new Set(candidates.filter(({ known }) => !known).map(claimOf))];
  const existing = [...new Set(candidates.flatMap(({ known }) => known ?? []))];
  const usageTypes = new Map(candidates.map((item) => [claimOf(item).id, item.use.usageType]));
  return {
    wanted: added.map(toUsage),
    existing: existing.map(toUsage),
    accepts({ usageId }, file) {
      const usageType = usageTypes.get(usageId);
      return usageType !== undefined && takes(usageType, file.mediaType);
    },
    decide: (current, findings) =>
      attachAll(
        current,
        items.map((item) =>
          isRefused(item) ? item : judged(item, findings.get(claimOf(item).id)),
        ),
      ),
  };
}

function judged(candidate: Candidate, finding: Finding | undefined): Candidate | Refused {
  const { use, path } = candidate;
  const check = { usageType: use.usageType, field: [...path, 'mediaId'] };
  const problem = findingProblem(finding, check);
  return problem ? { problem } : candidate;
}
