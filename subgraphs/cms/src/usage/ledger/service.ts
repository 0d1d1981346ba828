import type { Caller } from '@federated-media/subgraph-kit/identity';
import { cursorOf, readPosition } from '@federated-media/subgraph-kit/keyset-cursor';
import { readPageRequest, toConnection } from '@federated-media/subgraph-kit/pagination';
import type {
  MediaFileUsagesArgs,
  MediaUsageClaimInput,
  MediaUsageReleaseInput,
  MediaUserError,
} from '../../generated/graphql.ts';
import type { MediaFileRecord } from '../../model/media-file.ts';
import { userError } from '../../platform/user-error.ts';
import { consumerOf } from './consumer.ts';
import { newestOfEach, readClaims, readReleases } from './input.ts';
import type { UsageLoader } from './loader.ts';
import type { Claim } from './media-usage.ts';
import type { LockedFile, UsageRepository } from './repository.ts';

interface ClaimOutcome {
  mediaFiles: MediaFileRecord[];
  userErrors: MediaUserError[];
}

/**
 * The ledger: which consumer uses which file. For each usage it stores the newest message, in whatever order
 * they arrive: the highest claimVersion and, for equal numbers, the release.
 */
export function createUsageService({ usages }: { usages: UsageRepository }) {
  return {
    /** @throws FORBIDDEN, BAD_USER_INPUT */
    async claim(caller: Caller, input: readonly MediaUsageClaimInput[]): Promise<ClaimOutcome> {
      const owner = { storeId: caller.storeId, consumer: consumerOf(caller) };
      const { items: claims, problems } = readClaims(input);
      if (problems.length > 0) return rejectedClaim(problems);
      if (claims.length === 0) return rejectedClaim([]);

      const mediaIds = [...new Set(claims.flatMap(({ mediaId }) => mediaId ?? []))];
      const outcome = await usages.claim(owner, newestOfEach(claims), mediaIds, (files) =>
        reasonsAgainst(claims, files),
      );
      if ('refused' in outcome) return rejectedClaim(outcome.refused);
      const byId = new Map(outcome.files.map((file) => [file.id, file]));
      return {
        mediaFiles: claims.flatMap(({ mediaId }) => byId.get(mediaId ?? '') ?? []),
        userErrors: [],
      };
    },

    /** @throws FORBIDDEN, BAD_USER_INPUT */
    async release(caller: Caller, input: readonly MediaUsageReleaseInput[]) {
      const owner = { storeId: caller.storeId, consumer: consumerOf(caller) };
      const { items: releases, problems } = readReleases(input);
      if (problems.length > 0 || releases.length === 0)
        return { released: 0, userErrors: problems };
      return { released: await usages.release(owner, newestOfEach(releases)), userErrors: [] };
    },

    /** The usages of a file, newest first. @throws BAD_USER_INPUT for an invalid page size or cursor */
    async page(file: MediaFileRecord, { first, after }: MediaFileUsagesArgs, loader: UsageLoader) {
      const request = readPageRequest({ first, after });
      const { cursor, limit } = request;
      if (cursor !== null) readPosition(cursor, ['after']);
      return toConnection({
        rows: await loader.load({ mediaId: file.id, limit: limit + 1, cursor }),
        request,
        cursorOf: ({ claimedAt, id }) => cursorOf({ createdAt: claimedAt, id }),
        totalCount: () => Promise.resolve(file.usageCount),
      });
    },
  };
}
export type UsageService = ReturnType<typeof createUsageService>;
export type UsagePage = Awaited<ReturnType<UsageService['page']>>;

/** Late claims on unavailable files are rejected too, so that no consumer starts to show the file. */
function reasonsAgainst(
  claims: readonly Claim[],
  files: ReadonlyMap<string, LockedFile>,
): MediaUserError[] | null {
  const reasons = claims.flatMap(({ mediaId }, index) => {
    const field = ['input', `${index}`, 'mediaId'];
    const file = files.get(mediaId ?? '');
    if (!file || file.isTrashed) return [userError('NOT_FOUND', 'The file does not exist.', field)];
    if (file.status === 'READY') return [];
    return [userError('INVALID', 'The file cannot be used because it is not verified.', field)];
  });
  return reasons.length > 0 ? reasons : null;
}

const rejectedClaim = (userErrors: MediaUserError[]): ClaimOutcome => ({
  mediaFiles: [],
  userErrors,
});
