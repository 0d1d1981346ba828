import { createTokenMinter } from '@federated-media/subgraph-kit/identity';
import type { InternalSecrets } from '@federated-media/subgraph-kit/internal-keys';
import { type Network, sockets } from '@federated-media/subgraph-kit/network/network';
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

/** The part of a file that consumers need. */
export interface UsableFile {
  readonly mediaType: MediaType;
  readonly status: MediaStatus;
}

/** One usage of a file, as the CMS's ledger stores it. */
export interface UsageClaim {
  /** The id of the association's row. */
  readonly usageId: string;
  readonly mediaId: string;
  readonly entityType: string;
  readonly entityId: string;
  readonly role: string | null;
  /** What people call the entity, at most 255 characters. */
  readonly label: string | null;
  /** Where to edit the entity. */
  readonly url: string | null;
  readonly claimVersion: number;
}

export type UsageRelease = Pick<UsageClaim, 'usageId' | 'mediaId' | 'claimVersion'>;

export interface ClaimAnswer {
  /** The files by id. Empty when any was rejected: then nothing was claimed. */
  readonly files: ReadonlyMap<string, UsableFile>;
  /** The CMS's error code by the claim's index in the list. */
  readonly rejected: ReadonlyMap<number, string>;
  /** False after a retry: the attempt without a response may have claimed what is rejected now. */
  readonly isCertain: boolean;
}

export interface MediaChange {
  readonly kind: MediaChangeKind;
  readonly storeId: string;
  readonly mediaId: string;
  readonly version: number;
  /** ISO 8601. */
  readonly occurredAt: string;
}

export type LedgerRow = MediaUsageClaimsQuery['mediaUsageClaims']['claims'][number];

/** All requests of a consumer to the CMS. Every method may be repeated. @throws MediaUnavailableError */
export interface CmsClient {
  /** The time limit of a request. */
  readonly timeoutMs: number;
  /** Claims all of them, or none. At most 500. */
  claim(
    storeId: string,
    claims: readonly UsageClaim[],
    options?: { timeoutMs?: number; signal?: AbortSignal },
  ): Promise<ClaimAnswer>;
  /** At most 500. Returns the CMS's error code by the index of each release that it rejects. */
  release(
    storeId: string,
    releases: readonly UsageRelease[],
    options?: { signal?: AbortSignal },
  ): Promise<ReadonlyMap<number, string>>;
  /** Changes of every store. Without changes, the response comes after `waitSeconds`. */
  changes(question: {
    after: string | null;
    first: number;
    waitSeconds: number;
    signal?: AbortSignal;
  }): Promise<{ changes: readonly MediaChange[]; cursor: string }>;
  /** Whether a file still exists and, if so, whether it is in the trash. */
  fileState(
    storeId: string,
    mediaId: string,
  ): Promise<{ state: 'ACTIVE' | 'TRASHED'; version: number } | null>;
  /** This consumer's rows of the ledger, sorted by store and usage id. At most 500. */
  ledger(question: {
    after: string | null;
    first: number;
  }): Promise<{ claims: readonly LedgerRow[]; cursor: string | null }>;
  close(): Promise<void>;
}

/** Every token names a store. This one has no files: it is for the feed and the ledger, which span all stores. */
const NO_STORE = '_';

/** A client of the CMS at `url`. Each request has a token of `consumer` for one store, valid for one minute. */
export function createCmsClient({
  consumer,
  url,
  timeoutMs,
  secrets,
  network = sockets,
}: {
  /** The subgraph's name. */
  consumer: string;
  url: string;
  timeoutMs: number;
  secrets: InternalSecrets;
  /** Reaches the CMS. Default: sockets. */
  network?: Network;
}): CmsClient {
  const transport = createTransport({ url, network });
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
      const { answer, attempts } = await transport.send(claimMediaUsages, question);
      const { mediaFiles, userErrors } = answer.claimMediaUsages;
      const isCertain = attempts === 1;
      if (userErrors.length > 0) {
        return { files: new Map(), rejected: byIndex(userErrors, claims), isCertain };
      }
      const files = new Map(
        mediaFiles.map(({ id, mediaType, status }) => [id, { mediaType, status }]),
      );
      if (claims.every(({ mediaId }) => files.has(mediaId))) {
        return { files, rejected: new Map(), isCertain };
      }
      throw new MediaUnavailableError({
        cause: new Error('The CMS returned a response that does not match the request.'),
      });
    },

    async release(storeId, releases, options = {}) {
      const token = await tokenFor(storeId);
      const question = { variables: { input: [...releases] }, token, timeoutMs, ...options };
      const { answer } = await transport.send(releaseMediaUsages, question);
      const { userErrors } = answer.releaseMediaUsages;
      return userErrors.length > 0 ? byIndex(userErrors, releases) : new Map();
    },

    async changes({ after, first, waitSeconds, signal }) {
      const { answer } = await transport.send(mediaChanges, {
        variables: { after, first, wait: waitSeconds },
        token: await tokenFor(NO_STORE),
        timeoutMs: waitSeconds * 1_000 + timeoutMs,
        signal,
      });
      return answer.mediaChanges;
    },

    async fileState(storeId, mediaId) {
      const token = await tokenFor(storeId);
      const variables = { id: mediaId };
      const { answer } = await transport.send(mediaFileInUse, { variables, token, timeoutMs });
      const { mediaFile } = answer;
      if (!mediaFile) return null;
      return {
        state: mediaFile.trashedAt === null ? 'ACTIVE' : 'TRASHED',
        version: mediaFile.version,
      };
    },

    async ledger(question) {
      const token = await tokenFor(NO_STORE);
      const { answer } = await transport.send(mediaUsageClaims, {
        variables: question,
        token,
        timeoutMs,
      });
      return answer.mediaUsageClaims;
    },

    close: () => transport.close(),
  };
}

/** The error codes by the index of the item. @throws MediaUnavailableError for an error that names no item */
function byIndex(
  errors: readonly { code: string; message: string; field: readonly string[] | null }[],
  items: readonly unknown[],
): ReadonlyMap<number, string> {
  return new Map(
    errors.map(({ code, message, field }) => {
      const index = Number(field?.[1] ?? Number.NaN);
      if (field?.[0] === 'input' && index in items) return [index, code];
      throw new MediaUnavailableError({
        cause: new Error(`The CMS rejected the request: ${message}`),
      });
    }),
  );
}
