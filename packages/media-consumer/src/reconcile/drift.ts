import type { LedgerRow } from '../cms-client.ts';
import type { Pair } from './merge.ts';
import type { Association } from './repository.ts';

/** How long an attach may be under way: what is younger may be explained in a moment. */
const YOUNG_MS = 10_000;

/** Where the two sides differ, and what mends it. */
export type Drift =
  /** An association without an active claim, or with an older one: claimed with this claim version. */
  | { readonly kind: 'UNCLAIMED'; readonly use: Association }
  /** A claim without an association: released with this claim version. */
  | { readonly kind: 'UNUSED'; readonly use: LedgerRow };

/** What is wrong with a pair; null when nothing is. */
export function driftOf({ usageId, association, claim }: Pair, now: number): Drift | null {
  if (isYoung(usageId, now)) return null;
  if (!association) {
    if (!claim?.active) return null;
    return { kind: 'UNUSED', use: { ...claim, claimVersion: claim.claimVersion + 1 } };
  }
  const isClaimed = claim?.active === true && claim.claimVersion === association.claimVersion;
  if (isClaimed) return null;
  const claimVersion = Math.max(association.claimVersion, claim?.claimVersion ?? 0) + 1;
  return { kind: 'UNCLAIMED', use: { ...association, claimVersion } };
}

/** The file when the CMS has it otherwise than the consumer; null when they agree. */
export function stateDriftOf({ association, claim }: Pair): Association | null {
  if (!association || !claim) return null;
  const isHidden = (association.state ?? 'ACTIVE') !== 'ACTIVE';
  return claim.trashed === isHidden ? null : association;
}

/** By the time in a UUIDv7 (RFC 9562, 5.7): milliseconds in its first 48 bits. Other ids are old. */
function isYoung(usageId: string, now: number): boolean {
  const madeAt = Number.parseInt(usageId.replaceAll('-', '').slice(0, 12), 16);
  return usageId[14] === '7' && now - madeAt < YOUNG_MS;
}
