import { useApolloClient } from '@apollo/client/react';
import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { report } from '../shared/notify.ts';
import { OLDER_VERSIONS } from './queries.ts';

/** Adds older versions than `before` to those of the file, if there are any: numbers may be missing. */
export function OlderVersions({ id, before }: { id: string; before: number }) {
  const { t } = useTranslation('details');
  const client = useApolloClient();
  const [isReading, setReading] = useState(false);
  const [first, setFirst] = useState<number | null>(null);
  if (first === before) return null;

  async function read() {
    setReading(true);
    const query = { query: OLDER_VERSIONS, variables: { id, before } };
    try {
      const { data } = await client.query({ ...query, fetchPolicy: 'network-only' });
      // These are all versions that are shown now.
      const oldest = data.mediaFile?.contentVersions.at(-1)?.number ?? before;
      if (oldest === before) setFirst(before);
    } catch {
      report(t('versions.notRead'), 'failure');
    }
    setReading(false);
  }

  return (
    <Group>
      <Button variant="default" loading={isReading} onClick={() => void read()}>
        {t('versions.older')}
      </Button>
    </Group>
  );
}
