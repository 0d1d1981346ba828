import type { Uses } from './product-media.ts';

/** What has become of a product's uses. */
export function differences(before: Uses, after: Uses) {
  const former = new Map(before.map((use) => [use.id, use]));
  const stays = new Set(after.map(({ id }) => id));
  return {
    gone: before.filter(({ id }) => !stays.has(id)),
    changed: after.filter((use) => former.has(use.id) && former.get(use.id) !== use),
    added: after.filter(({ id }) => !former.has(id)),
    /** Those whose usage type is not that which they were claimed with. */
    reclaimed: after.filter(({ id, claimVersion }) => {
      const claimedBefore = former.get(id)?.claimVersion ?? 1;
      return claimVersion > claimedBefore;
    }),
  };
}
