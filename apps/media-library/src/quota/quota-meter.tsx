import { useQuery } from '@apollo/client/react';
import { Progress, Text } from '@mantine/core';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { graphql } from '../generated/gql.ts';
import { onChange } from '../graph/changes.ts';
import { useFormat } from '../shared/format.ts';
import classes from './quota-meter.module.css';

const QUOTA = graphql(`
  query Quota {
    mediaQuota {
      usedBytes
      limitBytes
    }
  }
`);

/** From this share on, space is scarce. */
const SCARCE_PERCENT = 90;

/** How much space the store uses, and of how much. */
export default function QuotaMeter() {
  const { t } = useTranslation('quota');
  const format = useFormat();
  const { data, refetch } = useQuery(QUOTA);
  useEffect(() => onChange(() => void refetch().catch(() => {})), [refetch]);
  if (!data) return null;
  const { usedBytes, limitBytes } = data.mediaQuota;
  const used = format.bytes(usedBytes);
  if (limitBytes === null) {
    return (
      <Text size="xs" c="dimmed" visibleFrom="md">
        {t('used', { used })}
      </Text>
    );
  }
  const percent = limitBytes === 0 ? 100 : Math.min(100, (usedBytes / limitBytes) * 100);
  const text = t('usedOf', { used, limit: format.bytes(limitBytes) });
  return (
    <div className={classes['meter']}>
      <Text size="xs" c={percent < SCARCE_PERCENT ? 'dimmed' : 'inherit'}>
        {text}
      </Text>
      <Progress.Root size="xs">
        <Progress.Section
          value={percent}
          aria-label={t('label')}
          aria-valuetext={text}
          color={percent < SCARCE_PERCENT ? 'indigo' : 'orange'}
        />
      </Progress.Root>
    </div>
  );
}
