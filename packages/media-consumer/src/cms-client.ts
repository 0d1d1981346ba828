import { createTokenMinter } from '@federated-media/subgraph-kit/identity';
import {
  claimMediaUsages,
  mediaChanges,
  mediaFileInUse,
  mediaUsageClaims,
  releaseMediaUsages,
} from './cms/documents.ts';
import { createTransport } from './cms/transport.ts';
import type {
  MediaChangeKind,
  MediaStatus,
  MediaType,
  MediaUsageClaimsQuery,
} from './generated/cms.ts';
import { MediaUnavailableError } from './media-unavailable.ts';

/** A file as far as its users need to know it. */
export interface UsableFile {
  readonly mediaType: MediaType;
  readonly status: MediaStatus;
}

/** One use of a file, as it is to stand in the CMS's ledger. */
export interface UsageClaim {
  /** The id of the association's row. */
  readonly usageId: string;
  readonly mediaId: string;
  readonly entityType: string;
  readonly entityId: string;
  readonly role: string | null;
  readonly claimVersion: number;
}

export type UsageRelease = Pick<UsageClaim, 'usageId' | 'mediaId' | 'claimVersion'>;

export interface ClaimAnswer {
  /** The files by id; empty when any was refused, for then nothing was claimed. */
  readonly files: ReadonlyMap<string, UsableFile>;
  /** The CMS's code by the claim's place in the list. */
  readonly refused: ReadonlyMap<number, string>;
  /** False when it was asked more than once: an attempt without an answer may have claimed what is refused by now. */
  readonly isCertain: boolean;
}

export interface MediaChange {
  readonly kind: MediaChangeKind;
  readonly storeId: string;
  readonly mediaId: string;
  readonly version: number;
}

export type LedgerRow = MediaUsageClaimsQuery['mediaUsageClaims']['claims'][number];

/** All a consumer ever says to the CMS. Every method @throws MediaUnavailableError, and may be repeated. */
export interface CmsClient {
  /** How long an answer may take. */
  readonly timeoutMs: number;
  /** All of them, or none. At most 500. */
  claim(
    storeId: string,
    claims: readonly UsageClaim[],
    options?: { timeoutMs?: number; signal?: AbortSignal },
  ): Promise<ClaimAnswer>;
  /** At most 500. The CMS's code by the place of what it would not release. */
  release(
    storeId: string,
    releases: readonly UsageRelease[],
    options?: { signal?: AbortSignal },
  ): Promise<ReadonlyMap<number, string>>;
  /** Of every store. With nothing to tell, the answer comes after `waitSeconds`. */
  changes(question: {
    after: string | null;
    first: number;
    waitSeconds: number;
    signal?: AbortSignal;
  }): Promise<{ changes: readonly MediaChange[]; cursor: string }>;
  /** Whether a file is there still, and if so whether it is in the trash. */
  whereabouts(
    storeId: string,
    mediaId: string,
  ): Promise<{ state: 'ACTIVE' | 'TRASHED'; version: number } | null>;
  /** This consumer's rows of the ledger: store by store, and within one by usage id. At most 500. */
  ledger(question: {
    after: string | null;
    first: number;
  }): Promise<{ claims: readonly LedgerRow[]; cursor: string | null }>;
  close(): Promise<void>;
}

/** A token names a store, and the feed and the ledger's rows are those of every store: this one has no files. */
const NO_STORE = '_';

/** The CMS at `url`, asked with tokens of `consumer`'s own, which live a minute and are for one store each. */
export function createCmsClient({
  consumer,
  url,
  timeoutMs,
  secrets,
}: {
  /** The subgraph's name. */
  consumer: string;
  url: string;
  timeoutMs: number;
  secrets: readonly string[];
}): CmsClient {
  const transport = createTransport({ url });
  const tokens = createTokenMinter({ secrets, issuer: consumer });
  const tokenFor = (storeId: string) =>
    tokens.mint({
      audience: 'cms',
      subject: consumer,
      storeId,
      scope: 'media:read media:usage',
    });

  return {
    timeoutMs,

    async claim(storeId, claims, options = {}) {
      const token = await tokenFor(storeId);
      const question = { variables: { input: [...claims] }, token, timeoutMs, ...options };
      const { answer, attempts } = await transport.ask(claimMediaUsages, question);
      const { mediaFiles, userErrors } = answer.claimMediaUsages;
      const isCertain = attempts === 1;
      if (userErrors.length > 0) {
        return { files: new Map(), refused: byPlace(userErrors, claims), isCertain };
      }
      const files = new Map(
        mediaFiles.map(({ id, mediaType, status }) => [id, { mediaType, status }]),
      );
      if (claims.every(({ mediaId }) => files.has(mediaId))) {
        return { files, refused: new Map(), isCertain };
      }
      throw new MediaUnavailableError({
        cause: new Error('The CMS returned a response that does not match the request.'),
      });
    },

    async release(storeId, releases, options = {}) {
      const token = await tokenFor(storeId);
      const question = { variables: { input: [...releases] }, token, timeoutMs, ...options };
      const { answer } = await transport.ask(releaseMediaUsages, question);
      const { userErrors } = answer.releaseMediaUsages;
      return userErrors.length > 0 ? byPlace(userErrors, releases) : new Map();
    },

    async changes({ after, first, waitSeconds, signal }) {
      const { answer } = await transport.ask(mediaChanges, {
        variables: { after, first, wait: waitSeconds },
        token: await tokenFor(NO_STORE),
        timeoutMs: waitSeconds * 1_000 + timeoutMs,
        signal,
      });
      return answer.mediaChanges;
    },

    async whereabouts(storeId, mediaId) {
      const token = await tokenFor(storeId);
      const variables = { id: mediaId };
      const { answer } = await transport.ask(mediaFileInUse, { variables, token, timeoutMs });
      const { mediaFile } = answer;
      if (!mediaFile) return null;
      return {
        state: mediaFile.trashedAt === null ? 'ACTIVE' : 'TRASHED',
        version: mediaFile.version,
      };
    },

    async ledger(question) {
      const token = await tokenFor(NO_STORE);
      const { answer } = await transport.ask(mediaUsageClaims, {
        variables: question,
        token,
        timeoutMs,
      });
      return answer.mediaUsageClaims;
    },

    close: () => transport.close(),
  };
}

/** Which items are meant. @throws MediaUnavailableError when an error is about none of them */
function byPlace(
  errors: readonly { code: string; message: string; field: readonly string[] | null }[],
  items: readonly unknown[],
): ReadonlyMap<number, string> {
  return new Map(
    errors.map(({ code, message, field }) => {
      const place = Number(field?.[1] ?? Number.NaN);
      if (field?.[0] === 'input' && place in items) return [place, code];
      throw new MediaUnavailableError({ cause: new Error(`The CMS refused: ${message}`) });
    }),
  );
}
