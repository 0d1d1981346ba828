import { invalid, positionProblem } from '@federated-media/media-consumer/user-error';
import { textProblem } from '@federated-media/subgraph-kit/text';
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
  const reason = textProblem(caption ?? '', MAX_CAPTION);
  return (
    invalid(reason, ['input', 'caption']) ??
    positionProblem(displayOrder, ['input', 'displayOrder'])
  );
}
