import { CLAIM_OF_NEW } from '../intents.ts';
import type { Association } from './association.ts';

/** How the usages `after` differ from those `before`. */
export function differences<Use extends Association>(
  before: readonly Use[],
  after: readonly Use[],
) {
  const former = new Map(before.map((use) => [use.id, use]));
  const remaining = new Set(after.map(({ id }) => id));
  return {
    removed: before.filter(({ id }) => !remaining.has(id)),
    changed: after.filter((use) => former.has(use.id) && former.get(use.id) !== use),
    added: after.filter(({ id }) => !former.has(id)),
    /** Those whose role is not the one that they were claimed with. */
    reclaimed: after.filter(
      ({ id, claimVersion }) => claimVersion > (former.get(id)?.claimVersion ?? CLAIM_OF_NEW),
    ),
  };
}
