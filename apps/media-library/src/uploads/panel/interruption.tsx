import { Alert, Button, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Queue } from '../queue/queue.ts';
import { useQueueState } from '../queue/use-queue.ts';

const TEXTS = new Map([
  ['NETWORK', 'panel.offline'],
  ['UNAUTHENTICATED', 'panel.signIn'],
] as const);

/** Why nothing is sent at the moment. */
export function Interruption({ queue }: { queue: Queue }) {
  const { t } = useTranslation('uploads');
  const { interruption, needsSignIn } = useQueueState(queue);
  const reason = needsSignIn ? 'UNAUTHENTICATED' : interruption;
  if (reason === null) return null;
  const text = reason === 'NETWORK' || reason === 'UNAUTHENTICATED' ? TEXTS.get(reason) : undefined;
  return (
    <Alert color="orange" role="status" radius={0}>
      <Group justify="space-between" wrap="nowrap">
        {t(text ?? 'panel.busy')}
        {!needsSignIn && (
          <Button size="compact-sm" variant="default" miw="max-content" onClick={queue.resume}>
            {t('panel.tryNow')}
          </Button>
        )}
      </Group>
    </Alert>
  );
}
