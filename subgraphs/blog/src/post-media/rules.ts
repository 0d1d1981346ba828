import { textProblem } from '@federated-media/subgraph-kit/text';
import { userError } from '@federated-media/subgraph-kit/user-error';
import type { AttachMediaToPostInput, PostUserError } from '../generated/graphql.ts';

const MAX_ALT_TEXT = 500;

/** The first problem of the given fields of a new usage, or null. */
export function givenProblem({
  altText,
  displayOrder,
}: AttachMediaToPostInput): PostUserError | null {
  const problem = textProblem(altText ?? '', MAX_ALT_TEXT);
  if (problem) return userError('INVALID', problem, ['input', 'altText']);
  return (displayOrder ?? 0) < 0
    ? userError('INVALID', 'The position must not be negative.', ['input', 'displayOrder'])
    : null;
}
