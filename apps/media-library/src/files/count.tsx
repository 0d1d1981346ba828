import { Text, VisuallyHidden } from '@mantine/core';
import { useTranslation } from 'react-i18next';

interface Props {
  readonly from: number;
  readonly to: number;
  readonly total: number | null;
}

/** Which files are visible. Only the total is announced: the rest changes while one scrolls. */
export function Count({ from, to, total }: Props) {
  const { t } = useTranslation('files');
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
