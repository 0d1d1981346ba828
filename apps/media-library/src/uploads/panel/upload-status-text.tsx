import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../shared/format.ts';
import type { UploadItem } from '../queue/upload-item.ts';
import { refusalText } from '../refusals.ts';
import classes from './upload-panel.module.css';

export function UploadStatusText({ item }: { item: UploadItem }) {
  const { t } = useTranslation('uploads');
  const format = useFormat();
  const { status, folder, refusal, sentBytes, totalBytes } = item;
  if (status === 'refused' && refusal) {
    return (
      <Text size="xs" className={classes['refusal'] ?? ''}>
        {refusalText(t, refusal)}
      </Text>
    );
  }
  const bytes = { sent: format.bytes(sentBytes), total: format.bytes(totalBytes) };
  return (
    <Text size="xs" c="dimmed">
      {status === 'done' && (
        <>
          {t('status.done')} <bdi>{folder}</bdi>
        </>
      )}
      {status === 'waiting' && `${t('status.waiting')} · ${bytes.total}`}
      {status === 'processing' && t('status.processing')}
      {status === 'duplicate' && t('status.duplicate')}
      {status === 'uploading' && t('status.uploading', bytes)}
      {status === 'paused' && t('status.paused', bytes)}
    </Text>
  );
}
