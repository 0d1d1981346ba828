import * as v from 'valibot';
import { SignInProblem } from './sign-in-problem.ts';

const Access = v.object({ storeId: v.string(), scopes: v.array(v.string()) });
/** What the gateway allows the caller. It alone knows which claims of a token are the store and the scopes. */
export type Access = v.InferOutput<typeof Access>;

/** @throws SignInProblem `tokenRejected` or `gatewayUnreachable` */
export async function readAccess(token: string | null): Promise<Access> {
  const response = await fetch(`${import.meta.env.BASE_URL}session.json`, {
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
  }).catch((cause: unknown) => {
    throw new SignInProblem('gatewayUnreachable', { cause });
  });
  if (response.status === 401) throw new SignInProblem('tokenRejected');
  if (!response.ok)
    throw new SignInProblem('gatewayUnreachable', { detail: `status ${response.status}` });
  return v.parse(Access, await response.json());
}
