import { userError } from '@federated-media/subgraph-kit/user-error';
import type { PostUserError } from './generated/graphql.ts';

/** The payload of a mutation that changed nothing. */
export interface Refusal {
  readonly post?: null;
  readonly postMedia?: null;
  readonly deletedId?: null;
  readonly userErrors: PostUserError[];
}

export const refuse = (error: PostUserError): Refusal => ({ userErrors: [error] });

export const noSuchPost = (field: readonly string[]) =>
  refuse(userError('NOT_FOUND', 'The post does not exist.', field));
