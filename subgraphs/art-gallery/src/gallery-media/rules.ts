import { textProblem } from '@federated-media/subgraph-kit/text';
import { userError } from '@federated-media/subgraph-kit/user-error';
import type { ArtworkUserError } from '../generated/graphql.ts';

const MAX_CAPTION = 500;

/** The first problem of the given fields of a usage, or null. */
export function givenProblem({
  caption,
  displayOrder,
}: {
  caption?: string | null | undefined;
  displayOrder?: number | null | undefined;
}): ArtworkUserError | null {
  const problem = textProblem(caption ?? '', MAX_CAPTION);
  if (problem) return userError('INVALID', problem, ['input', 'caption']);
  return (displayOrder ?? 0) < 0
    ? userError('INVALID', 'The position must not be negative.', ['input', 'displayOrder'])
    : null;
}
