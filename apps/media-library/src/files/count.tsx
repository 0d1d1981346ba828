import { Text, VisuallyHidden } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { VisibleRange } from './visible-range.ts';

interface Props {
  readonly visible: VisibleRange;
  readonly total: number | null;
}

/** Which files are visible. Only the total is announced: the rest changes while one scrolls. */
export function Count({ visible, total }: Props) {
  const { t } = useTranslation('files');
  const { from, to } = useSyncExternalStore(visible.subscribe, visible.get);
  return (
    <>
      {total !== null && total > 0 && (
        <Text size="sm" c="dimmed">
          {t('range', { from: Math.min(from + 1, to), to, total })}
        </Text>
      )}
      <VisuallyHidden role="status">
        {total === null ? '' : t('count', { count: total })}
      </VisuallyHidden>
    </>
  );
}
