import { Button, CloseButton, Group, Paper, Progress, Text, VisuallyHidden } from '@mantine/core';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../shared/format.ts';
import { useLeaveWarning } from '../../shared/use-leave-warning.ts';
import type { Queue } from '../queue/queue.ts';
import { useQueueState } from '../queue/use-queue.ts';
import { Decisions } from './decisions.tsx';
import { Interruption } from './interruption.tsx';
import { PanelButton } from './panel-button.tsx';
import { inOrder, summarize } from './summary.ts';
import { UploadList } from './upload-list.tsx';
import classes from './upload-panel.module.css';

/** The queue, at the bottom right of every screen as long as it has files. */
export function UploadPanel({ queue }: { queue: Queue }) {
  const { t } = useTranslation('uploads');
  const format = useFormat();
  const { items } = useQueueState(queue);
  const [isCollapsed, setIsCollapsed] = useState(false);
  const summary = useMemo(() => summarize(items), [items]);
  const ordered = useMemo(() => inOrder(items), [items]);
  const { total, done, reused, open, paused, totalBytes, sentBytes } = summary;
  useLeaveWarning(open > 0);

  const problems = summary.duplicates.length + summary.refused.length;
  const isPaused = open > 0 && paused === open;
  const sent = format.bytes(sentBytes);
  const percent = totalBytes === 0 ? 100 : Math.floor((sentBytes / totalBytes) * 100);
  return (
    <>
      <VisuallyHidden role="status">
        {open > 0 && t('panel.running', { count: total })}
        {open === 0 && done > 0 && t('panel.announceDone', { count: done })}{' '}
        {open === 0 && reused > 0 && t('panel.reused', { count: reused })}{' '}
        {problems > 0 && t('panel.announceProblems', { count: problems })}
      </VisuallyHidden>
      {total > 0 && (
        <Paper
          component="section"
          aria-label={t('panel.label')}
          className={classes['panel']}
          shadow="lg"
          withBorder
        >
          <Group className={classes['head']} justify="space-between" wrap="nowrap" gap="xs">
            <div className={classes['title']}>
              <Text component="h2" fw={600} size="sm">
                {open === 0 &&
                  (done === 0 && reused > 0
                    ? t('panel.reused', { count: reused })
                    : t('panel.ended', { count: done }))}
                {open > 0 && (isPaused ? t('panel.paused') : t('panel.running', { count: open }))}
              </Text>
              <Text size="xs" c="dimmed">
                {t('panel.count', { done: format.number(done), total: format.number(total) })}
                {reused > 0 && ` · ${t('panel.reused', { count: reused })}`}
                {' · '}
                {t('panel.bytes', { sent, total: format.bytes(totalBytes) })}
              </Text>
            </div>
            <Group gap={2} wrap="nowrap">
              <PanelButton
                label={t(isCollapsed ? 'panel.expand' : 'panel.collapse')}
                icon={isCollapsed ? IconChevronUp : IconChevronDown}
                expanded={!isCollapsed}
                onClick={() => setIsCollapsed(!isCollapsed)}
              />
              {open === 0 && (
                <CloseButton
                  aria-label={t('close')}
                  onClick={() => queue.remove(items.map(({ id }) => id))}
                />
              )}
            </Group>
          </Group>
          <Progress
            value={percent}
            size="xs"
            radius={0}
            aria-label={t('panel.progress')}
            {...(open === 0 && problems > 0 && { color: 'orange' })}
          />
          {!isCollapsed && (
            <>
              <Interruption queue={queue} />
              <Decisions queue={queue} summary={summary} />
              <UploadList queue={queue} items={ordered} />
              {open > 1 && (
                <Group className={classes['foot']} justify="flex-end" gap="xs">
                  <Button
                    size="compact-sm"
                    variant="default"
                    onClick={isPaused ? queue.resumeAll : queue.pauseAll}
                  >
                    {t(isPaused ? 'panel.resumeAll' : 'panel.pauseAll')}
                  </Button>
                  <Button
                    size="compact-sm"
                    variant="default"
                    onClick={() => queue.remove(openIds(items))}
                  >
                    {t('panel.cancelAll')}
                  </Button>
                </Group>
              )}
            </>
          )}
        </Paper>
      )}
    </>
  );
}

const openIds = (items: ReturnType<Queue['state']>['items']) =>
  items.filter(({ status, refusal }) => status !== 'done' && !refusal).map(({ id }) => id);
