import { useApolloClient } from '@apollo/client/react';
import { Button, Group, Stack, Text } from '@mantine/core';
import { IconReplace } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FileDetailsFragment } from '../generated/graphql.ts';
import { CompareDialog } from './compare-dialog.tsx';
import styles from './details.module.css';
import { OlderVersions } from './older-versions.tsx';
import { type Problem, problemOf, useProblemText } from './problem.ts';
import { RESTORE_VERSION } from './queries.ts';
import { ReplaceDialog } from './replace-dialog.tsx';
import { report } from '../shared/notify.ts';
import { type Version, VersionEntry } from './version-entry.tsx';

const isShown = ({ largeUrl }: Version) => largeUrl !== null;

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
  const client = useApolloClient();
  const textOf = useProblemText();
  const [isReplacing, setReplacing] = useState(false);
  const [restoring, setRestoring] = useState<number | null>(null);
  const [compared, setCompared] = useState<{ before: Version; after: Version } | null>(null);
  const { contentVersions } = file;
  const oldest = contentVersions.at(-1);
  const isServedOneShown = contentVersions.some(({ current }) => current);

  /** With the version that is served, or with the newest other one. The older one is on the left. */
  function pairOf(one: Version) {
    const others = contentVersions.filter(
      (candidate) => isShown(candidate) && candidate.number !== one.number,
    );
    const other = others.find(({ current }) => current) ?? others[0];
    if (!other || !isShown(one)) return undefined;
    return one.number < other.number
      ? { before: one, after: other }
      : { before: other, after: one };
  }

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
        {contentVersions.map((one) => {
          const pair = pairOf(one);
          return (
            <li key={one.number}>
              <VersionEntry
                version={one}
                onCompare={pair && (() => setCompared(pair))}
                onRestore={isEditable && !one.current ? () => void restore(one.number) : undefined}
                restoring={restoring}
              />
            </li>
          );
        })}
      </ol>
      {oldest && !isServedOneShown && <Text>{t('versions.servedOlder')}</Text>}
      {oldest && oldest.number > 1 && <OlderVersions id={file.id} before={oldest.number} />}
      {compared && (
        <CompareDialog
          versions={contentVersions.filter(isShown)}
          {...compared}
          onClose={() => setCompared(null)}
        />
      )}
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
