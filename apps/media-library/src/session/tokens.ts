import type { Grant } from './provider.ts';
import { SignInProblem } from './sign-in-problem.ts';

/** For the time of a request. Of a token that lives for seconds, half of its life. */
const EXPIRES_EARLIER_MS = 5_000;
/** A token that expires within this time is renewed while it is used. */
const RENEW_EARLIER_MS = 60_000;

interface Options {
  readonly first: Grant;
  /** With the refresh token. @throws SignInProblem */
  readonly renew: () => Promise<Grant>;
  /** Called when it changes whether requests wait for the user. */
  readonly onWaiting: () => void;
}

/** The token of the session: renewed before it expires, or, where that is impossible, by the user. */
export function createTokens({ first, renew, onWaiting }: Options) {
  let grant: Grant | null = first;
  /** Of the latest grant. */
  let isRenewable = first.isRenewable;
  let usableUntil = usableUntilOf(first);
  let renewing: Promise<boolean> | null = null;
  let waiting: PromiseWithResolvers<void> | null = null;

  function use(next: Grant): void {
    grant = next;
    isRenewable = next.isRenewable;
    usableUntil = usableUntilOf(next);
    waiting?.resolve();
    waiting = null;
    onWaiting();
  }

  /** False: the user has to sign in. @throws SignInProblem when the provider cannot be reached now */
  async function renewNow(): Promise<boolean> {
    try {
      use(await renew());
      return true;
    } catch (error) {
      if (error instanceof SignInProblem && error.code === 'providerUnreachable') throw error;
      isRenewable = false;
      return false;
    } finally {
      renewing = null;
    }
  }

  const tryRenewal = (): Promise<boolean> => (renewing ??= renewNow());

  function untilSignedIn(): Promise<void> {
    if (!waiting) {
      waiting = Promise.withResolvers<void>();
      onWaiting();
    }
    return waiting.promise;
  }

  return {
    use,
    isWaiting: () => waiting !== null,
    async token(): Promise<string> {
      for (;;) {
        const left = usableUntil - Date.now();
        if (grant && left > 0) {
          if (isRenewable && left < RENEW_EARLIER_MS) tryRenewal().catch(() => undefined);
          return grant.token;
        }
        if (isRenewable && (await tryRenewal())) continue;
        await untilSignedIn();
      }
    },
    rejected(token: string): void {
      if (grant?.token === token) grant = null;
    },
  };
}

function usableUntilOf({ expiresAt }: Grant): number {
  if (expiresAt === null) return Infinity;
  return expiresAt - Math.min(EXPIRES_EARLIER_MS, (expiresAt - Date.now()) / 2);
}
