import { CLAIM_OF_NEW } from '../intents.ts';
import type { Association } from './association.ts';

/** How the usages `after` differ from those `before`. */
export function differences<Usage extends Association>(
  before: readonly Usage[],
  after: readonly Usage[],
) {
  const former = new Map(before.map((usage) => [usage.id, usage]));
  const remaining = new Set(after.map(({ id }) => id));
  return {
    removed: before.filter(({ id }) => !remaining.has(id)),
    changed: after.filter((usage) => former.has(usage.id) && former.get(usage.id) !== usage),
    added: after.filter(({ id }) => !former.has(id)),
    /** Those whose role is not the one that they were claimed with. */
    reclaimed: after.filter(
      ({ id, claimVersion }) => claimVersion > (former.get(id)?.claimVersion ?? CLAIM_OF_NEW),
    ),
  };
}
