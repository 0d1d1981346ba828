import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { useTranslation } from 'react-i18next';

/** Why a change was rejected or failed. */
export interface Problem {
  readonly code: string;
  /** For people, in English. */
  readonly message: string;
  /** The path of the argument, as in `MediaUserError`. */
  readonly field: readonly string[] | null;
}

/** Of a request that failed: the code of the server, or `NETWORK`. */
export function problemOf(error: unknown): Problem {
  const message = error instanceof Error ? error.message : '';
  const code = CombinedGraphQLErrors.is(error) ? error.errors[0]?.extensions?.['code'] : null;
  return { code: typeof code === 'string' ? code : 'NETWORK', message, field: null };
}

const EXPLAINED = [
  'CONFLICT',
  'CORRUPT_FILE',
  'DUPLICATE',
  'EMPTY_FILE',
  'FILE_TOO_LARGE',
  'FORBIDDEN',
  'IMAGE_TOO_LARGE',
  'INFECTED',
  'MEDIA_IN_USE',
  'NETWORK',
  'NOT_FOUND',
  'NOT_IN_TRASH',
  'QUOTA_EXCEEDED',
  'TYPE_MISMATCH',
  'UNAUTHENTICATED',
  'UNSUPPORTED_TYPE',
  'UPLOAD_INCOMPLETE',
] as const;

/** What went wrong, and what to do next. */
export function useProblemText(): (problem: Problem) => string {
  const { t } = useTranslation('details');
  return ({ code, message }) => {
    const known = EXPLAINED.find((one) => one === code);
    if (known) return t(`problems.${known}`);
    return code === 'INVALID' ? t('problems.INVALID', { message }) : t('problems.other', { code });
  };
}
