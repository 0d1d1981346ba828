import type { LedgerRow } from '../cms-client.ts';
import type { LabelOf } from '../labels/labels.ts';
import type { Pair } from './merge.ts';
import type { Association } from './repository.ts';

/** The maximum duration of an attach: a younger usage may still be in progress. */
const YOUNG_MS = 10_000;

/** A difference between the two sides, with its correction. */
export type Drift =
  /** An association without an active claim, or with an older one. It is claimed with this claim version. */
  | { readonly kind: 'UNCLAIMED'; readonly usage: Association }
  /** An association that is claimed with another label or URL. It is claimed with this claim version. */
  | { readonly kind: 'RENAMED'; readonly usage: Association }
  /** A claim without an association. It is released with this claim version. */
  | { readonly kind: 'UNUSED'; readonly usage: LedgerRow };

/** The difference within a pair; null without one. */
export function driftOf(
  { usageId, association, claim }: Pair,
  { now, labelOf }: { now: number; labelOf: LabelOf },
): Drift | null {
  if (isYoung(usageId, now)) return null;
  if (!association) {
    if (!claim?.active) return null;
    return { kind: 'UNUSED', usage: { ...claim, claimVersion: claim.claimVersion + 1 } };
  }
  const isClaimed = claim?.active === true && claim.claimVersion === association.claimVersion;
  const { label, url } = labelOf({ id: association.entityId, name: association.name });
  if (isClaimed && claim.label === label && claim.url === url) return null;
  const claimVersion = Math.max(association.claimVersion, claim?.claimVersion ?? 0) + 1;
  return {
    kind: isClaimed ? 'RENAMED' : 'UNCLAIMED',
    usage: { ...association, claimVersion },
  };
}

/** The file if its state differs between the CMS and the consumer; otherwise null. */
export function stateDriftOf({ association, claim }: Pair): Association | null {
  if (!association || !claim) return null;
  const isHidden = (association.state ?? 'ACTIVE') !== 'ACTIVE';
  return claim.trashed === isHidden ? null : association;
}

/** By the time in a UUIDv7 (RFC 9562, 5.7): milliseconds in its first 48 bits. Other ids count as old. */
function isYoung(usageId: string, now: number): boolean {
  const createdAt = Number.parseInt(usageId.replaceAll('-', '').slice(0, 12), 16);
  return usageId[14] === '7' && now - createdAt < YOUNG_MS;
}
