import { Anchor, Button, Group, Progress, Text } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link, useMatch } from 'react-router';
import type { Queue } from '../queue/queue.ts';
import type { UploadItem } from '../queue/upload-item.ts';
import { explain } from '../refusals.ts';
import { PanelButton } from './panel-button.tsx';
import classes from './upload-panel.module.css';
import { UploadStatusText } from './upload-status-text.tsx';

interface Props {
  readonly queue: Queue;
  readonly item: UploadItem;
  readonly bytesOf: (bytes: number) => string;
}

export function UploadRow({ queue, item, bytesOf }: Props) {
  const { t } = useTranslation('uploads');
  const { id, name, folder, status, totalBytes, sentBytes, refusal, mediaId } = item;
  // Only the picker may be shown in frames of other pages.
  const canOpen = useMatch('/picker') === null;
  const isSending = status === 'uploading' || status === 'paused';
  return (
    <Group wrap="nowrap" gap="xs" align="flex-start">
      <div className={classes['text']}>
        <Text size="sm" className={classes['name']} dir="auto" title={name}>
          {name}
        </Text>
        <UploadStatusText item={item} bytesOf={bytesOf} />
        {isSending && (
          <Progress
            value={totalBytes === 0 ? 100 : (sentBytes / totalBytes) * 100}
            size={3}
            mt={4}
            aria-label={name}
          />
        )}
        {status === 'duplicate' && (
          <Group gap="xs" mt={6}>
            <Button size="compact-xs" onClick={() => queue.useExisting([id])}>
              {t('action.useExisting')}
            </Button>
            <Button size="compact-xs" variant="default" onClick={() => queue.uploadAnyway([id])}>
              {t('action.uploadAnyway')}
            </Button>
          </Group>
        )}
        {status === 'refused' && refusal && explain(refusal).canRetry && (
          <Button size="compact-xs" mt={6} onClick={() => queue.retry([id])}>
            {t('action.retry')}
          </Button>
        )}
      </div>
      {mediaId !== null && canOpen && (
        <Anchor
          component={Link}
          to={{ pathname: `/files/${mediaId}`, search: new URLSearchParams({ folder }).toString() }}
          size="sm"
          aria-label={`${t('action.show')}: ${name}`}
          py={2}
        >
          {t('action.show')}
        </Anchor>
      )}
      {(isSending || status === 'waiting') && (
        <PanelButton
          label={t(status === 'paused' ? 'action.resume' : 'action.pause', { name })}
          icon={status === 'paused' ? IconPlayerPlay : IconPlayerPause}
          onClick={() => queue.togglePause(id)}
        />
      )}
      <PanelButton
        label={t(status === 'done' || refusal ? 'action.remove' : 'action.cancel', { name })}
        icon={IconX}
        onClick={() => queue.remove([id])}
      />
    </Group>
  );
}
