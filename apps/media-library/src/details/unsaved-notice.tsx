import { Alert, Button, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import styles from './details.module.css';

interface Props {
  readonly isDirty: boolean;
  readonly isGone: boolean;
  readonly isTrashed: boolean;
  readonly onClose: () => void;
}

/** In place of the buttons to save: why nothing can be saved, and what happens to what was typed. */
export function UnsavedNotice({ isDirty, isGone, isTrashed, onClose }: Props) {
  const { t } = useTranslation('details');
  if (isGone) {
    return (
      <Stack className={styles.saveBar} align="start">
        <Alert color="red" role="alert" title={t('problems.NOT_FOUND')}>
          {isDirty && t('leave.copy')}
        </Alert>
        <Button onClick={onClose}>{t('toList')}</Button>
      </Stack>
    );
  }
  if (!isDirty) return null;
  if (!isTrashed) return <Text>{t('leave.text')}</Text>;
  return (
    <div className={styles.saveBar}>
      <Alert color="orange" role="alert">
        {t('trash.unsaved')}
      </Alert>
    </div>
  );
}
