import { userError } from '@federated-media/subgraph-kit/user-error';
import type { ArtworkUserError } from './generated/graphql.ts';

/** The payload of a mutation that changed nothing. */
export interface Refusal {
  readonly artwork?: null;
  readonly galleryMedia?: null;
  readonly deletedId?: null;
  readonly userErrors: ArtworkUserError[];
}

export const refuse = (error: ArtworkUserError): Refusal => ({ userErrors: [error] });

export const noSuchArtwork = (field: readonly string[]) =>
  refuse(userError('NOT_FOUND', 'The artwork does not exist.', field));
