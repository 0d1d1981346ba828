import type { StagedUploadProtocol } from '../../../generated/graphql.ts';
import { createUrlSignature } from '../../../platform/url-signature.ts';

const GRAMMAR =
  /^(\/uploads\/(?:tus\/)?)([0-9a-f-]{36})\?expires=([1-9]\d{0,11})&length=([1-9]\d{0,15})&signature=[A-Za-z0-9_-]{43}$/;

const FOLDERS = { PUT: '/uploads/', TUS: '/uploads/tus/' };

/** What the holder of a URL may upload. */
export interface StagedUploadUrl {
  readonly protocol: StagedUploadProtocol;
  readonly id: string;
  /** Unix seconds. */
  readonly expiresAt: number;
  readonly length: number;
}

/**
 * URLs for uploads through this server: `/uploads/<id>?expires=<unix seconds>&length=<bytes>&signature=…`, and
 * `/uploads/tus/<id>?…`. A path in front of them, that of a proxy, is not signed.
 */
export function createStagedUrlSigner({
  secrets,
  now = Date.now,
}: {
  secrets: readonly string[];
  now?: () => number;
}) {
  const signature = createUrlSignature({ secrets, purpose: 'staged-upload' });
  return {
    sign: ({ protocol, id, expiresAt, length }: StagedUploadUrl): string =>
      signature.sign(`${FOLDERS[protocol]}${id}?expires=${expiresAt}&length=${length}&`),

    /** Null if it was not signed here, has expired, or is for the other protocol. */
    verify(pathAndQuery: string, protocol: StagedUploadProtocol): StagedUploadUrl | null {
      const [, folder, id, expires, length] = GRAMMAR.exec(pathAndQuery) ?? [];
      if (id === undefined || folder !== FOLDERS[protocol]) return null;
      if (!signature.isSigned(pathAndQuery)) return null;
      const expiresAt = Number(expires);
      if (expiresAt * 1000 <= now()) return null;
      return { protocol, id, expiresAt, length: Number(length) };
    },
  };
}
export type StagedUrlSigner = ReturnType<typeof createStagedUrlSigner>;
