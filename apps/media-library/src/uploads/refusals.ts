import type { TFunction } from 'i18next';
import type { MediaErrorCode } from '../generated/graphql.ts';
import type { Refusal } from './queue/upload-item.ts';

/** Which text explains a code, and whether the same file can succeed later. */
interface Explanation {
  readonly text:
    | Exclude<
        MediaErrorCode,
        'NOT_FOUND' | 'CONFLICT' | 'DUPLICATE' | 'MEDIA_IN_USE' | 'IDEMPOTENCY_MISMATCH'
      >
    | 'FORBIDDEN'
    | 'FILE_FAILED'
    | 'UNREADABLE'
    | 'LOST'
    | 'other';
  readonly canRetry: boolean;
}

const PERMANENT = [
  'INVALID',
  'UNSUPPORTED_TYPE',
  'TYPE_MISMATCH',
  'FILE_TOO_LARGE',
  'IMAGE_TOO_LARGE',
  'EMPTY_FILE',
  'CORRUPT_FILE',
  'INFECTED',
  'SOURCE_FORBIDDEN',
  'UNREADABLE',
  'LOST',
] as const;
const REPEATABLE = [
  'QUOTA_EXCEEDED',
  'UPLOAD_INCOMPLETE',
  'UPLOAD_EXPIRED',
  'SOURCE_UNREACHABLE',
  'FORBIDDEN',
] as const;

const explanations = new Map<string, Explanation>([
  ...PERMANENT.map((code) => [code, { text: code, canRetry: false }] as const),
  ...REPEATABLE.map((code) => [code, { text: code, canRetry: true }] as const),
  ['FAILED', { text: 'FILE_FAILED', canRetry: false }],
]);

export const explain = ({ code }: Refusal): Explanation =>
  explanations.get(code) ?? { text: 'other', canRetry: true };

/** A sentence that says what is wrong, and one that says what to do. */
export const refusalText = (t: TFunction<'uploads'>, refusal: Refusal): string =>
  t(`refusal.${explain(refusal).text}`, { message: refusal.message });
