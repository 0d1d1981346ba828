const KEY = 'graphiql:token';

/** Visible ASCII characters: others cannot be sent in a header. */
const SENDABLE = /^[\x21-\x7e]*$/;

/**
 * The token of all tabs of the editor. `sessionStorage` keeps it when the page is reloaded and forgets it with the
 * browser's tab, and two tabs of the browser can act as two stores. Browsers write it to their profile until then.
 */
export const readToken = (): string => sessionStorage.getItem(KEY) ?? '';

export function keepToken(token: string): void {
  if (token === '') sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, token);
}

/** The token in `text`, which can be a whole header: `Authorization: Bearer …`. */
export const tokenIn = (text: string): string =>
  text.trim().replace(/^(?:authorization:\s*)?(?:bearer\s+)?/i, '');

export const isSendable = (token: string): boolean => SENDABLE.test(token);
