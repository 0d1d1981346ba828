import type { Association } from '@federated-media/media-consumer/associations/association';
import type { PostMediaRole } from '../generated/graphql.ts';

/** One usage of a file by a post. */
export interface PostMedia extends Association {
  readonly role: PostMediaRole;
  readonly altText: string | null;
}
