import {
  ErrorResponse,
  ErrorTimeout,
  InMemoryWebStorage,
  type User,
  UserManager,
  WebStorageStateStore,
} from 'oidc-client-ts';
import * as v from 'valibot';
import type { SignIn } from '../settings.ts';
import { SignInProblem } from './sign-in-problem.ts';

/** What the provider granted. */
export interface Grant {
  readonly token: string;
  /** In milliseconds since 1970; null if the provider does not say. */
  readonly expiresAt: number | null;
  /** Whether there is a refresh token. */
  readonly isRenewable: boolean;
  readonly subject: string;
  readonly name: string;
}

const Left = v.object({ path: v.string() });
const REQUEST_TIMEOUT_SECONDS = 15;
const urlOf = (path: string) => new URL(`${import.meta.env.BASE_URL}${path}`, location.href).href;

/**
 * Signs in at an OpenID provider by the authorization code flow with PKCE. Tokens stay in memory; the browser's tab keeps
 * the state of a sign-in that leaves the page.
 */
export function openProvider({ issuer, clientId, scope, audience, resource }: SignIn) {
  const manager = new UserManager({
    authority: issuer,
    client_id: clientId,
    scope,
    redirect_uri: urlOf('signed-in'),
    popup_redirect_uri: urlOf('signed-in'),
    post_logout_redirect_uri: urlOf('signed-out'),
    ...(resource !== null && { resource, extraTokenParams: { resource } }),
    ...(audience !== null && { extraQueryParams: { audience } }),
    stateStore: new WebStorageStateStore({ store: tabStorage() }),
    userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
    requestTimeoutInSeconds: REQUEST_TIMEOUT_SECONDS,
    // In frames, for which browsers send no cookies of other sites.
    automaticSilentRenew: false,
    monitorSession: false,
  });
  let lastPopup: AbortController | undefined;

  return {
    /** Leaves the page for the provider, which comes back to `/signed-in`. Ends only with an error. */
    leave: (path: string): Promise<never> =>
      explained(async () => {
        const nonce = crypto.randomUUID();
        await manager.signinRedirect({ state: { path }, nonce, redirectMethod: 'replace' });
        return new Promise<never>(() => {});
      }),

    /** Whether this window has left for the answer in `url`. The window that opened a pop-up has its state instead. */
    async hasLeftFor(url: string): Promise<boolean> {
      const state = new URL(url).searchParams.get('state');
      return state !== null && Boolean(await manager.settings.stateStore.get(state));
    },

    /** Reads the answer of the provider in `url`. */
    finish: (url: string) =>
      explained(async () => {
        const user = await manager.signinRedirectCallback(url);
        const left = v.safeParse(Left, user.state);
        return { grant: grantOf(user), path: left.success ? left.output.path : '/' };
      }),

    /** In a pop-up: passes the answer to the window that opened it, which closes this one. */
    passOn: (url: string) => explained(() => manager.signinPopupCallback(url)),

    /** Signs in in a pop-up. A second call ends the first one, whose window may be closed. */
    popup: (): Promise<Grant> =>
      explained(async () => {
        lastPopup?.abort();
        lastPopup = new AbortController();
        const { signal } = lastPopup;
        const nonce = crypto.randomUUID();
        return grantOf(await manager.signinPopup({ nonce, popupSignal: signal }));
      }),

    /** With the refresh token. */
    renew: (): Promise<Grant> =>
      explained(async () => {
        const user = await manager.signinSilent({ ...(resource !== null && { resource }) });
        if (!user) throw new Error('The provider returned no token.');
        return grantOf(user);
      }),

    /** Leaves the page; the provider ends its session too, if it can. */
    signOut: () =>
      explained(async () => {
        if (await manager.metadataService.getEndSessionEndpoint()) {
          await manager.signoutRedirect({ redirectMethod: 'replace' });
        } else location.replace(urlOf('signed-out'));
      }),
  };
}
/** A frame of another site may have no storage; its sign-in does not leave the page. */
function tabStorage(): Storage {
  try {
    return sessionStorage;
  } catch {
    return new InMemoryWebStorage();
  }
}

export type Provider = ReturnType<typeof openProvider>;

function grantOf({ access_token, expires_at, refresh_token, profile }: User): Grant {
  const { sub, name, preferred_username, email } = profile;
  return {
    token: access_token,
    expiresAt: expires_at === undefined ? null : expires_at * 1_000,
    isRenewable: refresh_token !== undefined,
    subject: sub,
    name: name ?? preferred_username ?? email ?? sub,
  };
}

/** @throws SignInProblem */
async function explained<Result>(work: () => Promise<Result>): Promise<Result> {
  let blocked: string | undefined;
  const note = ({ blockedURI }: SecurityPolicyViolationEvent) => {
    blocked = URL.parse(blockedURI)?.origin;
  };
  document.addEventListener('securitypolicyviolation', note);
  try {
    return await work();
  } catch (error) {
    if (blocked !== undefined)
      throw new SignInProblem('originNotAllowed', { detail: blocked, cause: error });
    throw explain(error);
  } finally {
    document.removeEventListener('securitypolicyviolation', note);
  }
}

function explain(cause: unknown): SignInProblem {
  if (cause instanceof ErrorResponse) {
    const detail = [cause.error, cause.error_description].filter(Boolean).join(': ');
    return new SignInProblem('providerRefused', { detail, cause });
  }
  if (cause instanceof ErrorTimeout || cause instanceof TypeError)
    return new SignInProblem('providerUnreachable', { cause });
  const detail = cause instanceof Error ? cause.message : String(cause);
  // What oidc-client-ts says when the browser opened no window.
  if (detail.includes('disposed window')) return new SignInProblem('popupBlocked', { cause });
  return new SignInProblem('failed', { detail, cause });
}
