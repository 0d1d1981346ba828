import type { Finding } from '@federated-media/media-consumer/claims';
import type { Intents, NewUse } from '@federated-media/media-consumer/intents';
import type { MediaConsumer } from '@federated-media/media-consumer/media-consumer';
import type { Product } from '../product/product.ts';
import { type Candidate, type Refused, isRefused } from './attaching.ts';
import type { ProductMedia } from './product-media.ts';
import { findingProblem, takes } from './rules.ts';
import { isSameUse } from './uses.ts';

/** A use as the CMS's ledger has it. */
export const toUsage = ({ id, mediaId, usageType, claimVersion }: ProductMedia) => ({
  usageId: id,
  mediaId,
  role: usageType,
  claimVersion,
});

export interface ClaimedFiles {
  /** The items, and what the CMS has against them. */
  readonly items: readonly (Candidate | Refused)[];
  /** Claimed, and to be written or released. */
  readonly claimed: readonly NewUse[];
}

/** Claims the candidates' files, all at once; those of one use, and of uses that are there, only once. */
export async function claimFiles(
  media: MediaConsumer,
  {
    product,
    intents,
    items,
  }: { product: Product; intents: Intents; items: readonly (Candidate | Refused)[] },
): Promise<ClaimedFiles> {
  const candidates = items.flatMap((item) => (isRefused(item) ? [] : [item]));
  const claimOf = ({ use, known }: Candidate): ProductMedia =>
    known ?? candidates.find((earlier) => isSameUse(earlier.use, use))?.use ?? use;

  const fresh = [...new Set(candidates.filter(({ known }) => !known).map(claimOf))];
  const existing = [...new Set(candidates.flatMap(({ known }) => known ?? []))];
  const usageTypes = new Map(candidates.map((item) => [claimOf(item).id, item.use.usageType]));
  const wanted = fresh.map(toUsage);
  const findings = await media.claim({
    intents,
    entityId: product.id,
    wanted,
    existing: existing.map(toUsage),
    accepts({ usageId }, file) {
      const usageType = usageTypes.get(usageId);
      return usageType !== undefined && takes(usageType, file.mediaType);
    },
  });
  return {
    items: items.map((item) =>
      isRefused(item) ? item : judged(item, findings.get(claimOf(item).id)),
    ),
    claimed: wanted.filter(({ usageId }) => findings.get(usageId)?.status === 'USABLE'),
  };
}

function judged(candidate: Candidate, finding: Finding | undefined): Candidate | Refused {
  const { use, path } = candidate;
  const check = { usageType: use.usageType, field: [...path, 'mediaId'] };
  const problem = findingProblem(finding, check);
  return problem ? { problem } : candidate;
}
