import { UnauthenticatedError } from './errors.ts';

/** RFC 6750, 2.1. */
const BEARER = /^Bearer +([\w.~+/=-]+)$/i;

/** The token of an `Authorization: Bearer …` header. @throws UnauthenticatedError */
export function bearerToken(authorization: string | undefined): string {
  const [, token] = BEARER.exec(authorization ?? '') ?? [];
  if (token === undefined) throw new UnauthenticatedError();
  return token;
}
