import { type Settings, type SignIn, readSettings } from '../settings.ts';
import { type Access, readAccess } from './access.ts';
import { forgetKeptFiles } from '../uploads/queue/kept-files.ts';
import type { Grant, Provider } from './provider.ts';
import type { Scope, Session } from './session.ts';
import { SignInProblem, problemOf } from './sign-in-problem.ts';
import { createTokens } from './tokens.ts';

/** What the page shows first. */
export type Start =
  | { readonly kind: 'open'; readonly settings: Settings; readonly session: Session }
  /** The user has to click. */
  | {
      readonly kind: 'signIn';
      readonly why: 'signedOut' | 'framed';
      readonly signIn: () => Promise<Start>;
    }
  | {
      readonly kind: 'problem';
      readonly problem: SignInProblem;
      readonly retry: () => Promise<Start>;
      readonly signOut: (() => Promise<void>) | null;
    };

/** Reads the settings and signs in, where the gateway needs that. Never rejects. */
export const start = (): Promise<Start> =>
  orProblem(async () => {
    const settings = await readSettings().catch((cause: unknown) => {
      throw new SignInProblem('gatewayUnreachable', { cause });
    });
    return settings.signIn ? signedIn(settings, settings.signIn) : withoutSignIn(settings);
  });

async function orProblem(work: () => Promise<Start>, retry = start): Promise<Start> {
  return work().catch((error: unknown) => ({
    kind: 'problem',
    problem: problemOf(error),
    retry,
    signOut: null,
  }));
}

async function withoutSignIn(settings: Settings): Promise<Start> {
  const access = await readAccess(null).catch((error: unknown) => {
    const problem = problemOf(error);
    throw problem.code === 'tokenRejected' ? new SignInProblem('notConfigured') : problem;
  });
  const token = async () => null;
  const has = hasOf(access);
  const id = idOf([access.storeId]);
  const session = { id, token, rejected: () => {}, has, user: null, renewal: null };
  return opened({ settings, session });
}

async function signedIn(settings: Settings, signIn: SignIn): Promise<Start> {
  // Most developers never need it.
  const { openProvider } = await import('./provider.ts');
  const provider = openProvider(signIn);
  const open = (grant: Grant) => openWith({ settings, issuer: signIn.issuer, provider, grant });
  const path = pathInApp();

  if (path === '/signed-out')
    return { kind: 'signIn', why: 'signedOut', signIn: () => leaveFor('/') };
  if (path === '/signed-in') return finish();
  if (window.parent !== window)
    return { kind: 'signIn', why: 'framed', signIn: async () => open(await provider.popup()) };
  return leaveFor(path + location.search + location.hash);

  function finish(): Promise<Start> {
    const url = location.href;
    // Without the code, so that a reload starts again.
    showPath('/');
    let before = '/';
    return orProblem(
      async () => {
        if (!(await provider.hasLeftFor(url))) {
          await provider.passOn(url);
          throw new SignInProblem('unknownSignIn');
        }
        const finished = await provider.finish(url);
        before = finished.path;
        showPath(before);
        return open(finished.grant);
      },
      () => leaveFor(before),
    );
  }

  function leaveFor(to: string): Promise<Start> {
    return orProblem(
      () => provider.leave(to),
      () => leaveFor(to),
    );
  }
}

async function openWith({ settings, issuer, provider, grant }: Signed): Promise<Start> {
  let access = await readAccess(grant.token);
  const id = idOf([access.storeId, issuer, grant.subject]);
  const listeners = new Set<() => void>();
  const tokens = createTokens({
    first: grant,
    renew: async () => sameUser(await provider.renew()),
    onWaiting: () => listeners.forEach((listener) => listener()),
  });
  /** The requests that wait belong to this user. */
  function sameUser(next: Grant): Grant {
    if (next.subject !== grant.subject) throw new SignInProblem('otherUser');
    return next;
  }
  async function signInAgain(): Promise<void> {
    const next = sameUser(await provider.popup());
    const allowed = await readAccess(next.token);
    if (allowed.storeId !== access.storeId) throw new SignInProblem('otherUser');
    access = allowed;
    tokens.use(next);
  }
  async function signOut(): Promise<void> {
    await forgetKeptFiles(id);
    await provider.signOut();
  }
  const session: Session = {
    id,
    token: tokens.token,
    rejected: tokens.rejected,
    has: (scope) => hasOf(access)(scope),
    user: { name: grant.name, signOut },
    renewal: {
      isNeeded: tokens.isWaiting,
      signIn: signInAgain,
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
  };
  return opened({ settings, session });
}

interface Signed {
  readonly settings: Settings;
  readonly issuer: string;
  readonly provider: Provider;
  readonly grant: Grant;
}

function opened({ settings, session }: { settings: Settings; session: Session }): Start {
  if (session.has('media:read')) return { kind: 'open', settings, session };
  const problem = new SignInProblem('noAccess');
  return { kind: 'problem', problem, retry: start, signOut: session.user?.signOut ?? null };
}

/** Without separators that a part could contain. */
const idOf = (parts: readonly string[]): string => JSON.stringify(parts);

/** `*`: a developer without a token. */
const hasOf =
  ({ scopes }: Access) =>
  (scope: Scope): boolean =>
    scopes.includes(scope) || scopes.includes('*');

/** The path below `/library`. */
function pathInApp(): string {
  const base = import.meta.env.BASE_URL;
  return location.pathname.startsWith(base) ? `/${location.pathname.slice(base.length)}` : '/';
}

const showPath = (path: string) =>
  history.replaceState(null, '', import.meta.env.BASE_URL + path.replace(/^\/+/, ''));
