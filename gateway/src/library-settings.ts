import { isLoopback } from '@federated-media/subgraph-kit/loopback';
import { urlSetting } from '@federated-media/subgraph-kit/settings';
import { z } from 'zod';
import { originsSetting } from './origins.ts';

const EVERY_SCOPE = 'openid profile media:read media:write media:delete media:admin';

/** Not `urlSetting`: the slash at the end of an issuer is part of its name. */
const issuerSetting = () =>
  z.string().refine(isIssuer, {
    error: 'must be an https URL without query and fragment; http only on this machine',
  });

/** What the media library needs in browsers. None of it is secret: every visitor can read it. */
export const librarySettings = {
  LIBRARY_OIDC_ISSUER: issuerSetting().optional(),
  LIBRARY_OIDC_CLIENT_ID: z.string().optional(),
  LIBRARY_OIDC_SCOPE: z
    .string()
    .refine((scope) => scope.split(' ').includes('openid'), { error: 'must contain openid' })
    .default(EVERY_SCOPE),
  LIBRARY_OIDC_AUDIENCE: z.string().optional(),
  LIBRARY_OIDC_RESOURCE: z.url({ error: 'must be a URL' }).optional(),
  LIBRARY_PICKER_ORIGINS: originsSetting().optional(),
  LIBRARY_CONNECT_ORIGINS: originsSetting().optional(),
  PUBLIC_MEDIA_URL: urlSetting().optional(),
  UPLOAD_URL: urlSetting().optional(),
};
type Given = z.output<z.ZodObject<typeof librarySettings>>;

/** How the library signs users in, as its page reads it. */
export interface SignIn {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  /** A parameter of the request, for Auth0. */
  readonly audience: string | null;
  /** RFC 8707. */
  readonly resource: string | null;
}

export interface LibraryOptions {
  /** Null: the library signs nobody in. */
  readonly signIn: SignIn | null;
  /** The origins whose pages may show the picker. `http://localhost:*` means any port. */
  readonly pickerOrigins: readonly string[];
  /** Where files are, and where uploads are sent, unless that is the gateway. */
  readonly mediaOrigins: readonly string[];
}

/** Without a setting, pages of this machine may show the picker in development, and none in production. */
export const libraryOf = (
  given: Given,
  { production }: { production: boolean },
): LibraryOptions => ({
  signIn: signInOf(given),
  pickerOrigins: given.LIBRARY_PICKER_ORIGINS ?? (production ? [] : THIS_MACHINE),
  mediaOrigins: [
    ...new Set([
      ...[given.PUBLIC_MEDIA_URL, given.UPLOAD_URL]
        .filter((url) => url !== undefined)
        .map((url) => new URL(url).origin),
      ...(given.LIBRARY_CONNECT_ORIGINS ?? []),
    ]),
  ],
});

const THIS_MACHINE = ['localhost', '127.0.0.1'].map((host) => `http://${host}:*`);

function signInOf(given: Given): SignIn | null {
  const { LIBRARY_OIDC_ISSUER: issuer, LIBRARY_OIDC_CLIENT_ID: clientId } = given;
  if (issuer === undefined || clientId === undefined) return null;
  return {
    issuer,
    clientId,
    scope: given.LIBRARY_OIDC_SCOPE,
    audience: given.LIBRARY_OIDC_AUDIENCE ?? null,
    resource: given.LIBRARY_OIDC_RESOURCE ?? null,
  };
}

/** OpenID Connect Discovery 1.0, 3. */
function isIssuer(text: string): boolean {
  const url = URL.parse(text);
  if (!url || url.search || url.hash || url.username || url.password) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.host));
}
