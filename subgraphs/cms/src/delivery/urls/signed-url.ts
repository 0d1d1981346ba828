import { createUrlSignature } from '../../platform/url-signature.ts';

const EXPIRY_STEP_SECONDS = 900;

/** One set of bytes of one file. `filename` is the one they are stored under, never the client's. */
export interface MediaUrl {
  readonly storeId: string;
  readonly mediaId: string;
  readonly contentNumber: number;
  /** How a picture is made of them; null: the bytes themselves. */
  readonly recipe: string | null;
  readonly filename: string;
  /** The browser is to save it under its original name. */
  readonly download: boolean;
}

export interface SignedMediaUrl extends MediaUrl {
  /** Unix seconds; null: never. A file that is PRIVATE now may have addresses from when it was PUBLIC. */
  readonly expiresAt: number | null;
}

const GRAMMAR =
  /^\/media\/([A-Za-z0-9_-]{1,64})\/([A-Za-z0-9-]{1,64})\/([1-9]\d{0,8})\/(?:([a-z0-9-]{1,100})\/)?([A-Za-z0-9._-]{1,128})\?(?:expires=([1-9]\d{0,11})&)?(download=1&)?signature=[A-Za-z0-9_-]{43}$/;

/**
 * Addresses that can be neither guessed nor altered:
 * `/media/<store>/<file>/<content number>/[<recipe>/]<filename>?[expires=<unix seconds>&][download=1&]signature=…`
 *
 * The signature is HMAC-SHA256 over everything before `signature=`, base64url. Addresses of PRIVATE files
 * live 15 to 30 minutes, rounded so that they stay the same, and cacheable, for a quarter of an hour.
 *
 * @param secrets the first signs, all are accepted, so that one can be exchanged without breaking pages
 * @param baseUrl where browsers fetch from; a path in it is the CDN's own and not signed
 * @param now milliseconds since 1970
 */
export function createUrlSigner({
  secrets,
  baseUrl,
  now = Date.now,
}: {
  secrets: readonly string[];
  baseUrl: string;
  now?: () => number;
}) {
  const signature = createUrlSignature({ secrets, purpose: 'media-url' });
  const origin = baseUrl.replace(/\/+$/, '');

  /** URLs of PRIVATE files stay the same within a step. */
  const expiryStep = () => Math.floor(now() / 1000 / EXPIRY_STEP_SECONDS);

  return {
    expiryStep,

    sign(address: MediaUrl & { isPrivate: boolean }): string {
      const expiresAt = address.isPrivate ? (expiryStep() + 2) * EXPIRY_STEP_SECONDS : null;
      return origin + signature.sign(render({ ...address, expiresAt }));
    },

    /**
     * What the address stands for, or null when it is not, byte for byte, one that was signed here, or has
     * expired. Decoding nothing and comparing the text itself leaves no second spelling of an address.
     */
    verify(pathAndQuery: string): SignedMediaUrl | null {
      const parts = GRAMMAR.exec(pathAndQuery);
      if (!parts || !signature.isSigned(pathAndQuery)) return null;
      const [, storeId = '', mediaId = '', number, recipe, filename = '', ...query] = parts;
      const [expires, download] = query;

      const expiresAt = expires === undefined ? null : Number(expires);
      if (expiresAt !== null && expiresAt * 1000 <= now()) return null;
      const contentNumber = Number(number);
      return {
        storeId,
        mediaId,
        contentNumber,
        recipe: recipe ?? null,
        filename,
        download: download !== undefined,
        expiresAt,
      };
    },
  };
}
export type UrlSigner = ReturnType<typeof createUrlSigner>;

function render({ storeId, mediaId, contentNumber, recipe, ...address }: SignedMediaUrl) {
  const { filename, download, expiresAt } = address;
  const made = recipe === null ? '' : `${recipe}/`;
  const path = `/media/${storeId}/${mediaId}/${contentNumber}/${made}${filename}`;
  const expires = expiresAt === null ? '' : `expires=${expiresAt}&`;
  return `${path}?${expires}${download ? 'download=1&' : ''}`;
}
