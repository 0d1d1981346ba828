import { useApolloClient } from '@apollo/client/react';
import { Alert, Button, Checkbox, Group, Loader, Modal, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useEffect, useEffectEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeleteFilesMutation } from '../generated/graphql.ts';
import { notify } from '../shared/notify.ts';
import { readNames } from './bulk.ts';
import classes from './selection.module.css';
import type { FileChanges } from './use-file-changes.ts';

type Usage = DeleteFilesMutation['deleteMediaFiles'][number]['usages'][number];

interface UsedFile {
  readonly id: string;
  readonly name: string;
  readonly usages: readonly Usage[];
}

/** More are counted, not listed. */
const LISTED = 100;

interface Props {
  readonly ids: readonly string[];
  readonly changes: FileChanges;
  readonly onClose: () => void;
  readonly onDelete: (unused: readonly string[], used: readonly string[]) => void;
}

/** Shows which files are in use, and where, before anything is deleted. */
export default function DeleteDialog({ ids, changes, onClose, onDelete }: Props) {
  const { t } = useTranslation('selection');
  const client = useApolloClient();
  const [used, setUsed] = useState<readonly UsedFile[] | null>(null);
  const [withUsed, setWithUsed] = useState(false);

  const preview = useEffectEvent(async () => {
    const outcomes = await changes.previewDelete(ids);
    if (!outcomes) {
      onClose();
      return;
    }
    // Of the others, it is not known whether they are in use. Files with errors are never deleted.
    if (outcomes.length < ids.length || outcomes.some(({ problem }) => problem?.code === null)) {
      notify({ color: 'red', message: t('notChecked') });
      onClose();
      return;
    }
    const inUse = outcomes.filter(({ problem }) => problem?.code === 'MEDIA_IN_USE');
    const listed = inUse.slice(0, LISTED).map(({ id }) => id);
    const names = await readNames(client, listed).catch(() => new Map<string, string>());
    setUsed(
      inUse.map(({ id, payload }) => ({
        id,
        name: names.get(id) ?? id,
        usages: payload?.usages ?? [],
      })),
    );
  });
  useEffect(() => {
    // Once, even when React mounts it twice.
    const timer = setTimeout(() => void preview());
    return () => clearTimeout(timer);
  }, []);

  const usedIds = new Set(used?.map(({ id }) => id));
  const unused = ids.filter((id) => !usedIds.has(id));
  const chosenUsed = withUsed ? [...usedIds] : [];
  const count = unused.length + chosenUsed.length;
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('deleteTitle', { count: ids.length })}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack>
        {!used && (
          <Group>
            <Loader size="sm" />
            <Text size="sm">{t('running.preview')}</Text>
          </Group>
        )}
        {used?.length === 0 && <Text size="sm">{t('deleteHint')}</Text>}
        {used && used.length > 0 && (
          <>
            <Alert
              variant="default"
              icon={<IconAlertTriangle aria-hidden />}
              title={t('inUse', { count: used.length })}
            >
              {t('inUseHint')}
            </Alert>
            <ul className={classes['names']} tabIndex={0} aria-label={t('usedFiles')}>
              {used.slice(0, LISTED).map(({ id, name, usages }) => (
                <li key={id}>
                  <Text size="sm" fw={600}>
                    <bdi dir="auto">{name}</bdi>
                  </Text>
                  {usages.map((usage) => (
                    <Text size="sm" key={`${usage.consumer} ${usage.entityType} ${usage.entityId}`}>
                      <UsageName usage={usage} />
                    </Text>
                  ))}
                </li>
              ))}
            </ul>
            {used.length > LISTED && (
              <Text size="sm">{t('more', { count: used.length - LISTED })}</Text>
            )}
            <Checkbox
              label={t('withUsed', { count: used.length })}
              checked={withUsed}
              onChange={(event) => setWithUsed(event.currentTarget.checked)}
            />
          </>
        )}
        <Group justify="end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('cancel')}
          </Button>
          <Button
            color="red"
            disabled={!used || count === 0}
            onClick={() => {
              onClose();
              onDelete(unused, chosenUsed);
            }}
          >
            {t('doDelete', { count })}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function UsageName({ usage }: { usage: Usage }) {
  const name = <bdi dir="auto">{usage.label ?? `${usage.entityType} ${usage.entityId}`}</bdi>;
  return usage.url ? (
    <a href={usage.url} target="_blank" rel="noreferrer">
      {name}
    </a>
  ) : (
    name
  );
}
