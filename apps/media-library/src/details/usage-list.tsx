import { Anchor, Text } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ShownUsageFragment } from '../generated/graphql.ts';
import styles from './details.module.css';

/** What uses a file, by name. */
export function UsageList({ usages }: { usages: readonly ShownUsageFragment[] }) {
  return (
    <ul className={styles.entries}>
      {usages.map((usage) => (
        <li key={`${usage.consumer}/${usage.entityType}/${usage.entityId}/${usage.role}`}>
          <Usage usage={usage} />
        </li>
      ))}
    </ul>
  );
}

function Usage({ usage }: { usage: ShownUsageFragment }) {
  const { t } = useTranslation('details');
  const { consumer, entityType, entityId, role, label, url } = usage;
  const name = <bdi>{label ?? `${entityType} ${entityId}`}</bdi>;
  return (
    <>
      {isWebUrl(url) ? (
        <Anchor href={url} target="_blank" rel="noopener noreferrer">
          {name} <IconExternalLink size={14} role="img" aria-label={t('usages.opens')} />
        </Anchor>
      ) : (
        name
      )}
      <Text size="sm" c="dimmed">
        <bdi>{consumer}</bdi>
        {role && (
          <>
            {' · '}
            <bdi>{roleInWords(role)}</bdi>
          </>
        )}
      </Text>
    </>
  );
}

/** `MAIN_IMAGE` as `Main image`: each consumer names its own roles. */
function roleInWords(role: string): string {
  const words = role.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Consumers report the URLs: other schemes, such as `javascript:`, are shown as text. */
function isWebUrl(url: string | null): url is string {
  return url !== null && ['http:', 'https:'].includes(URL.parse(url)?.protocol ?? '');
}
