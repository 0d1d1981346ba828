import { useTranslation } from 'react-i18next';
import type { MediaErrorCode } from '../generated/graphql.ts';

export type FolderChange = 'create' | 'rename' | 'move' | 'delete';

/** Why a change of a folder was rejected, and what to do. */
export function useFolderError() {
  const { t } = useTranslation('folders');
  return (change: FolderChange, error: { code: MediaErrorCode; message: string }): string => {
    if (error.code === 'NOT_FOUND') return t('error.gone');
    if (error.code === 'CONFLICT')
      return t(change === 'delete' ? 'error.notEmpty' : 'error.exists');
    if (error.code === 'INVALID') return t('error.invalid', { message: error.message });
    return t('error.other', { message: error.message });
  };
}
