import { createUrlSignature } from '../../../platform/url-signature.ts';

const GRAMMAR =
  /^\/uploads\/([0-9a-f-]{36})\?expires=([1-9]\d{0,11})&length=([1-9]\d{0,15})&signature=[A-Za-z0-9_-]{43}$/;

/** What the holder of a URL may upload. */
export interface StagedUploadUrl {
  readonly id: string;
  /** Unix seconds. */
  readonly expiresAt: number;
  readonly length: number;
}

/** URLs for uploads: `/uploads/<id>?expires=<unix seconds>&length=<bytes>&signature=…` */
export function createStagedUrlSigner({
  secrets,
  now = Date.now,
}: {
  secrets: readonly string[];
  now?: () => number;
}) {
  const signature = createUrlSignature({ secrets, purpose: 'staged-upload' });
  return {
    sign: ({ id, expiresAt, length }: StagedUploadUrl): string =>
      signature.sign(`/uploads/${id}?expires=${expiresAt}&length=${length}&`),

    /** Null if it was not signed here or has expired. */
    verify(pathAndQuery: string): StagedUploadUrl | null {
      const [, id, expires, length] = GRAMMAR.exec(pathAndQuery) ?? [];
      if (id === undefined || !signature.isSigned(pathAndQuery)) return null;
      const expiresAt = Number(expires);
      return expiresAt * 1000 > now() ? { id, expiresAt, length: Number(length) } : null;
    },
  };
}
export type StagedUrlSigner = ReturnType<typeof createStagedUrlSigner>;
