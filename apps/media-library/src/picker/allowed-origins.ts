/** An origin exactly, or one of any port (`http://localhost:*`), as in a content security policy. */
export const isAllowedOrigin = (origin: string, allowed: readonly string[]): boolean =>
  origin === location.origin ||
  allowed.some((one) =>
    one.endsWith(':*') ? withoutPort(origin) === one.slice(0, -2) : one === origin,
  );

const withoutPort = (origin: string): string => origin.replace(/:\d+$/, '');
