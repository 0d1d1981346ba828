/** The scopes of the CMS that decide what the library offers. */
export type Scope = 'media:read' | 'media:write' | 'media:delete' | 'media:admin';

export interface Session {
  /** Differs between users and between stores. What a browser keeps for a session has it in its name. */
  readonly id: string;
  /**
   * The access token for the next request; null where none is needed. Waits while the session has ended, until the user
   * has signed in again.
   */
  readonly token: () => Promise<string | null>;
  /** Reports that the server answered 401 to a request with this token: the next request gets another one. */
  readonly rejected: (token: string) => void;
  /** Whether the user may do what needs this scope. */
  readonly has: (scope: Scope) => boolean;
  /** Null where nobody signs in. */
  readonly user: { readonly name: string; readonly signOut: () => Promise<void> } | null;
  /** How a session that has ended goes on. Null where nobody signs in. */
  readonly renewal: Renewal | null;
}

export interface Renewal {
  readonly subscribe: (listener: () => void) => () => void;
  /** Whether requests wait for the user. */
  readonly isNeeded: () => boolean;
  /** Signs in in a pop-up. Call it when the user clicks, else browsers block the pop-up. @throws SignInProblem */
  readonly signIn: () => Promise<void>;
}
