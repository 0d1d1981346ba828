import type { Session } from './session.ts';

/**
 * `fetch` with the token of the session. A request that the server rejects with 401 is sent once more, when there is
 * another token.
 */
export function createAuthorizedFetch(session: Pick<Session, 'token' | 'rejected'>): typeof fetch {
  return async (input, init) => {
    const token = await session.token();
    if (token === null) return fetch(input, init);
    const response = await fetch(input, withToken(init, token));
    if (response.status !== 401) return response;
    session.rejected(token);
    const next = await session.token();
    return next === null ? response : fetch(input, withToken(init, next));
  };
}

function withToken(init: RequestInit | undefined, token: string): RequestInit {
  const headers = new Headers(init?.headers);
  headers.set('authorization', `Bearer ${token}`);
  return { ...init, headers };
}
