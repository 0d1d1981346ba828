import { useTranslation } from 'react-i18next';
import type { Problem } from './bulk.ts';

/** What is wrong, and what to do, in the language that is shown. */
export function useErrorText() {
  const { t } = useTranslation('selection');
  return ({ code, message }: Problem): string => {
    switch (code) {
      case 'NOT_FOUND':
        return t('error.NOT_FOUND');
      case 'NOT_IN_TRASH':
        return t('error.NOT_IN_TRASH');
      case 'CONFLICT':
        return t('error.CONFLICT');
      case 'MEDIA_IN_USE':
        return t('error.MEDIA_IN_USE');
      case 'INVALID':
        return t('error.INVALID', { message });
      case null:
        return t('error.connection', { message });
      default:
        return t('error.other', { message });
    }
  };
}
