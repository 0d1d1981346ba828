import type { Association } from '@federated-media/media-consumer/associations/association';
import type { PostMediaRole } from '../generated/graphql.ts';

/** One use of a file by a post, as the database has it. */
export interface PostMedia extends Association {
  readonly role: PostMediaRole;
  readonly altText: string | null;
}
