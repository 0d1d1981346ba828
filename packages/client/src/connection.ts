/** A token, or how to get a current one; called before each request. */
export type Token = string | (() => string | undefined | Promise<string | undefined>);

/** The graph, and the token of the caller. */
export interface Connection {
  /** The URL of the gateway's GraphQL endpoint. */
  readonly endpoint: string | URL;
  /** Absent: requests without a token. */
  readonly token?: Token;
  /** Further headers of each GraphQL request. They are not sent with the bytes of a staged upload. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * In browsers, how long a request may make no progress, in milliseconds, before it counts as failed and is repeated.
   * Default: 60,000. `Infinity` turns it off.
   */
  readonly silentMs?: number;
}

export async function headersOf({ token, headers }: Connection): Promise<Record<string, string>> {
  const current = typeof token === 'function' ? await token() : token;
  return {
    // Browsers send it to other origins only after a preflight, which excludes a form of another page.
    'apollo-require-preflight': 'true',
    ...headers,
    ...(current && { authorization: `Bearer ${current}` }),
  };
}
