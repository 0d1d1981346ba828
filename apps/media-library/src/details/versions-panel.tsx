import { useApolloClient } from '@apollo/client/react';
import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { IconReplace } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FileDetailsFragment } from '../generated/graphql.ts';
import { useFormat } from '../shared/format.ts';
import styles from './details.module.css';
import { type Problem, problemOf, useProblemText } from './problem.ts';
import { RESTORE_VERSION } from './queries.ts';
import { ReplaceDialog } from './replace-dialog.tsx';
import { report } from '../shared/notify.ts';

interface Props {
  readonly file: FileDetailsFragment;
  /** The version that the editor has read. */
  readonly version: number;
  readonly isEditable: boolean;
  /** Reads the file again. */
  readonly onChanged: () => Promise<void>;
}

/** The bytes that the file has and had. */
export function VersionsPanel({ file, version, isEditable, onChanged }: Props) {
  const { t } = useTranslation('details');
  const format = useFormat();
  const client = useApolloClient();
  const textOf = useProblemText();
  const [isReplacing, setReplacing] = useState(false);
  const [restoring, setRestoring] = useState<number | null>(null);
  const { contentVersions } = file;

  async function request(number: number): Promise<Problem | null> {
    const variables = { id: file.id, number, version };
    const { data } = await client.mutate({ mutation: RESTORE_VERSION, variables });
    return data.restoreMediaContent.userErrors[0] ?? null;
  }

  async function restore(number: number) {
    setRestoring(number);
    const problem = await request(number).catch(problemOf);
    await onChanged().catch(() => undefined);
    setRestoring(null);
    if (problem) report(textOf(problem), 'failure');
    else report(t('versions.restored', { number }));
  }

  return (
    <Stack align="stretch">
      {isEditable && file.status !== 'PROCESSING' && (
        <Group>
          <Button
            variant="default"
            leftSection={<IconReplace size={18} aria-hidden />}
            onClick={() => setReplacing(true)}
          >
            {t('versions.replace')}
          </Button>
        </Group>
      )}
      {contentVersions.length === 0 && <Text>{t('versions.none')}</Text>}
      <ol className={styles.entries} aria-label={t('versions.list')}>
        {contentVersions.map((one) => (
          <li key={one.number}>
            <Group justify="space-between" wrap="nowrap">
              <div>
                <Group gap="xs">
                  <Text fw={600}>{t('versions.number', { number: one.number })}</Text>
                  {one.current && <Badge variant="light">{t('versions.current')}</Badge>}
                </Group>
                <Text size="sm" c="dimmed">
                  {[
                    format.time(one.createdAt),
                    one.mimeType,
                    format.bytes(one.fileSize),
                    one.width && one.height
                      ? t('facts.pixels', {
                          width: format.number(one.width),
                          height: format.number(one.height),
                        })
                      : null,
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </Text>
              </div>
              {isEditable && !one.current && (
                <Button
                  variant="default"
                  size="xs"
                  flex="none"
                  loading={restoring === one.number}
                  disabled={restoring !== null}
                  onClick={() => void restore(one.number)}
                  aria-label={t('versions.restore', { number: one.number })}
                >
                  {t('trash.restore')}
                </Button>
              )}
            </Group>
          </li>
        ))}
      </ol>
      {isReplacing && (
        <ReplaceDialog
          file={file}
          version={version}
          onClose={() => setReplacing(false)}
          onChanged={onChanged}
        />
      )}
    </Stack>
  );
}
