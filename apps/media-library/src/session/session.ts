import type { Settings } from '../settings.ts';

/** The scopes of the CMS that decide what the library offers. */
export type Scope = 'media:read' | 'media:write' | 'media:delete' | 'media:admin';

export interface Session {
  /** The access token for the next request; null where none is needed. */
  readonly token: () => Promise<string | null>;
  /** Whether the user may do what needs this scope. */
  readonly has: (scope: Scope) => boolean;
  /** Null where nobody signs in. */
  readonly user: { readonly name: string; readonly signOut: () => Promise<void> } | null;
}

/** Without a sign-in, the gateway allows everything to requests from this machine. */
const openToAll: Session = { token: async () => null, has: () => true, user: null };

export async function openSession({ signIn }: Settings): Promise<Session> {
  if (signIn) throw new Error('Signing in is not supported yet.');
  return openToAll;
}
