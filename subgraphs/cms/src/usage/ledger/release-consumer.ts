import type { ClaimPosition, ClaimsRepository } from './claims-repository.ts';
import type { UsageRepository } from './repository.ts';

/** As many as a consumer releases in one call. */
const PAGE = 200;

/**
 * Releases all usages of a consumer that was removed, in all stores. Idempotent. If the consumer returns, its
 * `reconcile` claims what it still uses again.
 * @returns how many usages were active, for each store
 */
export async function releaseConsumer(
  { claims, usages }: { claims: ClaimsRepository; usages: UsageRepository },
  { consumer, dryRun }: { consumer: string; dryRun: boolean },
): Promise<Map<string, number>> {
  const released = new Map<string, number>();
  let after: ClaimPosition | null = null;
  do {
    const page = await claims.findPage(consumer, { after, limit: PAGE });
    const active = Map.groupBy(
      page.filter((claim) => claim.active),
      ({ storeId }) => storeId,
    );
    for (const [storeId, ofStore] of active) {
      const releases = ofStore.map((claim) => ({ ...claim, claimVersion: claim.claimVersion + 1 }));
      const count = dryRun
        ? releases.length
        : await usages.release({ storeId, consumer }, releases);
      released.set(storeId, (released.get(storeId) ?? 0) + count);
    }
    after = page.at(-1) ?? null;
  } while (after);
  return released;
}
