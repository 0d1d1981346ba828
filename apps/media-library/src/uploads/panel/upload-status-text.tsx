import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { UploadItem } from '../queue/upload-item.ts';
import { refusalText } from '../refusals.ts';
import classes from './upload-panel.module.css';

interface Props {
  readonly item: UploadItem;
  readonly bytesOf: (bytes: number) => string;
}

export function UploadStatusText({ item, bytesOf }: Props) {
  const { t } = useTranslation('uploads');
  const { status, folder, isReused, refusal, sentBytes, totalBytes } = item;
  if (status === 'refused' && refusal) {
    return (
      <Text size="xs" className={classes['refusal'] ?? ''}>
        {refusalText(t, refusal)}
      </Text>
    );
  }
  const bytes = { sent: bytesOf(sentBytes), total: bytesOf(totalBytes) };
  return (
    <Text size="xs" c="dimmed">
      {status === 'done' && (
        <>
          {t(isReused ? 'status.reused' : 'status.done')} <bdi>{folder}</bdi>
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
