import { LRUCache } from 'lru-cache';
import { createUrlSignature } from '../../platform/url-signature.ts';

const EXPIRY_STEP_SECONDS = 900;
/** A few megabytes: the grammar limits their length. */
const MAX_VERIFIED = 10_000;

/** One set of bytes of one file. `filename` is the stored one, not the client's. */
export interface MediaUrl {
  readonly storeId: string;
  readonly mediaId: string;
  readonly contentNumber: number;
  /** The rendition's recipe; null for the original bytes. */
  readonly recipe: string | null;
  readonly filename: string;
  /** Whether the browser saves the file under its original name. */
  readonly download: boolean;
}

export interface SignedMediaUrl extends MediaUrl {
  /**
   * Unix seconds; null if it never expires. A PRIVATE file may have such URLs from the time when it
   * was PUBLIC.
   */
  readonly expiresAt: number | null;
}

const GRAMMAR =
  /^\/media\/([A-Za-z0-9_-]{1,64})\/([A-Za-z0-9-]{1,64})\/([1-9]\d{0,8})\/(?:([a-z0-9-]{1,100})\/)?([A-Za-z0-9._-]{1,128})\?(?:expires=([1-9]\d{0,11})&)?(download=1&)?signature=[A-Za-z0-9_-]{43}$/;

/**
 * URLs that can be neither guessed nor changed: `/media/<store>/<file>/<content
 * number>/[<recipe>/]<filename>?[expires=<unix seconds>&][download=1&]signature=…`
 *
 * The signature is the base64url HMAC-SHA256 of everything before `signature=`. URLs of PRIVATE
 * files are valid for 15 to 30 minutes. Their expiry is rounded, so that a URL stays the same, and
 * cacheable, for 15 minutes.
 *
 * @param secrets the first one signs, all are accepted, so that a secret can be replaced without
 *   breaking pages
 * @param baseUrl the prefix of all URLs; its path belongs to the CDN and is not signed
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
  /** Only valid URLs, so that nobody can displace them with invented ones. */
  const verified = new LRUCache<string, SignedMediaUrl>({ max: MAX_VERIFIED });

  /** URLs of PRIVATE files stay the same within a step. */
  const expiryStep = () => Math.floor(now() / 1000 / EXPIRY_STEP_SECONDS);

  return {
    expiryStep,

    /** For how many more seconds `url` is valid; Infinity if it does not expire. */
    secondsLeft: ({ expiresAt }: Pick<SignedMediaUrl, 'expiresAt'>): number =>
      expiresAt === null ? Infinity : Math.max(0, expiresAt - Math.floor(now() / 1000)),

    sign(url: MediaUrl & { isPrivate: boolean }): string {
      const expiresAt = url.isPrivate ? (expiryStep() + 2) * EXPIRY_STEP_SECONDS : null;
      return origin + signature.sign(pathOf({ ...url, expiresAt }));
    },

    /**
     * The parts of a signed URL; null unless the text is exactly one that was signed here and has
     * not expired. Nothing is decoded before the comparison, so each URL has only one valid form.
     * Returns the same object while the URL is remembered.
     */
    verify(pathAndQuery: string): SignedMediaUrl | null {
      const url = verified.get(pathAndQuery) ?? read(pathAndQuery);
      if (url === null || (url.expiresAt !== null && url.expiresAt * 1000 <= now())) return null;
      return url;
    },
  };

  /** Null unless it was signed here. */
  function read(pathAndQuery: string): SignedMediaUrl | null {
    const parts = GRAMMAR.exec(pathAndQuery);
    if (!parts || !signature.isSigned(pathAndQuery)) return null;
    const [, storeId = '', mediaId = '', number, recipe, filename = '', ...query] = parts;
    const [expires, download] = query;
    const url = {
      storeId,
      mediaId,
      contentNumber: Number(number),
      recipe: recipe ?? null,
      filename,
      download: download !== undefined,
      expiresAt: expires === undefined ? null : Number(expires),
    };
    verified.set(pathAndQuery, url);
    return url;
  }
}
export type UrlSigner = ReturnType<typeof createUrlSigner>;

function pathOf({ storeId, mediaId, contentNumber, recipe, ...url }: SignedMediaUrl) {
  const { filename, download, expiresAt } = url;
  const recipePart = recipe === null ? '' : `${recipe}/`;
  const path = `/media/${storeId}/${mediaId}/${contentNumber}/${recipePart}${filename}`;
  const expires = expiresAt === null ? '' : `expires=${expiresAt}&`;
  return `${path}?${expires}${download ? 'download=1&' : ''}`;
}
