import { invalid, positionProblem } from '@federated-media/media-consumer/user-error';
import { textProblem } from '@federated-media/subgraph-kit/text';
import type { AttachMediaToPostInput, PostUserError } from '../generated/graphql.ts';

const MAX_ALT_TEXT = 500;

/** The first problem of the given fields of a new usage, or null. */
export function givenProblem({
  altText,
  displayOrder,
}: AttachMediaToPostInput): PostUserError | null {
  const reason = textProblem(altText ?? '', MAX_ALT_TEXT);
  return (
    invalid(reason, ['input', 'altText']) ??
    positionProblem(displayOrder, ['input', 'displayOrder'])
  );
}
