import { ActionIcon, Button, Checkbox, Group, Menu, Text } from '@mantine/core';
import {
  IconArrowBackUp,
  IconDownload,
  IconFolderShare,
  IconLock,
  IconTags,
  IconTrash,
  IconTrashX,
  IconX,
} from '@tabler/icons-react';
import { useApolloClient } from '@apollo/client/react';
import { Suspense, lazy, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { nameOf } from '../files/file-name.ts';
import type { SelectionProps } from '../files/files-browser.tsx';
import { notify } from '../shared/notify.ts';
import { useSession } from '../session/use-session.ts';
import { matchingIds } from './bulk.ts';
import { offerUndo } from './offer-undo.tsx';
import type { Bulk } from './use-bulk.ts';
import { useFileChanges } from './use-file-changes.ts';
import { useMoveFiles } from './use-move-files.ts';
import classes from './selection.module.css';

const MoveDialog = lazy(() => import('./move-dialog.tsx'));
const TagsDialog = lazy(() => import('./tags-dialog.tsx'));
const DeleteDialog = lazy(() => import('./delete-dialog.tsx'));
const PurgeDialog = lazy(() => import('./purge-dialog.tsx'));

interface Props extends SelectionProps {
  readonly bulk: Bulk;
}

/** How many files are selected, and what can be done with them. */
export default function SelectionBar({
  selection,
  view,
  list,
  total,
  filter,
  orderBy,
  bulk,
}: Props) {
  const { t } = useTranslation('selection');
  const session = useSession();
  const client = useApolloClient();
  const changes = useFileChanges(bulk);
  const moveFiles = useMoveFiles(changes);
  const [dialog, setDialog] = useState<'move' | 'tags' | 'delete' | 'purge' | null>(null);
  const ids = [...selection.ids];
  const count = ids.length;
  const loaded = list.ids();
  const areAllLoaded = loaded.length > 0 && loaded.every((id) => selection.ids.has(id));
  const only = count === 1 ? list.fileAt(list.indexOf(ids[0] ?? '')) : undefined;
  const canWrite = session.has('media:write');
  const canDelete = session.has('media:delete');
  const isBusy = bulk.running !== null;

  // The files of one view are never selected in another one.
  const cancelSelectAll = useRef<() => void>(undefined);
  const viewKey = JSON.stringify([filter, orderBy]);
  useLayoutEffect(() => () => cancelSelectAll.current?.(), [viewKey]);

  async function selectAll() {
    const found = await bulk.track({
      label: t('running.select'),
      total: total ?? 0,
      mayBeLeft: true,
      work: (running) => {
        cancelSelectAll.current = running.cancel;
        return matchingIds(client, { filter, orderBy }, running);
      },
    });
    if (found) selection.replace(found);
  }

  function done(changed: readonly string[], message: 'done.update' | 'done.restore') {
    if (changed.length > 0) notify({ message: t(message, { count: changed.length }) });
  }

  async function tag(tags: { addTags: string[]; removeTags: string[] }) {
    done(await changes.update(ids, tags), 'done.update');
  }

  async function show(visibility: 'PRIVATE' | 'PUBLIC') {
    done(await changes.update(ids, { visibility }), 'done.update');
  }

  async function remove(unused: readonly string[], used: readonly string[]) {
    const changed = await changes.delete(unused, used);
    if (changed.length > 0) offerUndo(changed, changes, t);
  }

  async function restore() {
    done(await changes.restore(ids), 'done.restore');
  }

  async function download() {
    const { downloadZip } = await import('./zip.ts');
    await bulk.run({
      label: t('running.download'),
      total: count,
      work: (running) => downloadZip(client, ids, running),
    });
  }

  return (
    <div className={classes['bar']} role="toolbar" aria-label={t('label')}>
      <Group gap="xs" wrap="nowrap">
        <Checkbox
          aria-label={t('allLoaded')}
          checked={areAllLoaded}
          indeterminate={count > 0 && !areAllLoaded}
          onChange={() => (areAllLoaded ? selection.clear() : selection.replace(loaded))}
        />
        <Text size="sm" fw={600} role="status">
          {t('selected', { count })}
        </Text>
        {total !== null && count < total && (
          <Button
            size="compact-sm"
            variant="subtle"
            disabled={isBusy}
            onClick={() => void selectAll()}
          >
            {t('all', { count: total })}
          </Button>
        )}
      </Group>
      <Group gap="xs">
        {canWrite && !view.trashed && (
          <>
            <Button
              {...BUTTON}
              leftSection={<IconFolderShare {...ICON} />}
              disabled={isBusy}
              onClick={() => setDialog('move')}
            >
              {t('move')}
            </Button>
            <Button
              {...BUTTON}
              leftSection={<IconTags {...ICON} />}
              disabled={isBusy}
              onClick={() => setDialog('tags')}
            >
              {t('tags')}
            </Button>
            <Menu position="bottom-start" disabled={isBusy}>
              <Menu.Target>
                <Button {...BUTTON} leftSection={<IconLock {...ICON} />} disabled={isBusy}>
                  {t('visibility')}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={() => void show('PRIVATE')}>{t('makePrivate')}</Menu.Item>
                <Menu.Item onClick={() => void show('PUBLIC')}>{t('makePublic')}</Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </>
        )}
        {!view.trashed && (
          <Button
            {...BUTTON}
            leftSection={<IconDownload {...ICON} />}
            disabled={isBusy}
            onClick={() => void download()}
          >
            {t('download')}
          </Button>
        )}
        {canDelete && !view.trashed && (
          <Button
            {...BUTTON}
            color="red"
            leftSection={<IconTrash {...ICON} />}
            disabled={isBusy}
            onClick={() => setDialog('delete')}
          >
            {t('delete')}
          </Button>
        )}
        {canDelete && view.trashed && (
          <>
            <Button
              {...BUTTON}
              leftSection={<IconArrowBackUp {...ICON} />}
              disabled={isBusy}
              onClick={() => void restore()}
            >
              {t('restore')}
            </Button>
            <Button
              {...BUTTON}
              color="red"
              leftSection={<IconTrashX {...ICON} />}
              disabled={isBusy}
              onClick={() => setDialog('purge')}
            >
              {t('purge')}
            </Button>
          </>
        )}
        <ActionIcon variant="subtle" size="lg" aria-label={t('clear')} onClick={selection.clear}>
          <IconX size={18} aria-hidden />
        </ActionIcon>
      </Group>
      <Suspense>
        {dialog === 'move' && (
          <MoveDialog
            count={count}
            onClose={() => setDialog(null)}
            onMove={(to) => void moveFiles(ids, to)}
          />
        )}
        {dialog === 'tags' && (
          <TagsDialog
            count={count}
            onClose={() => setDialog(null)}
            onChange={(tags) => void tag(tags)}
          />
        )}
        {dialog === 'delete' && (
          <DeleteDialog
            ids={ids}
            changes={changes}
            onClose={() => setDialog(null)}
            onDelete={(unused, used) => void remove(unused, used)}
          />
        )}
        {dialog === 'purge' && (
          <PurgeDialog
            count={count}
            name={only ? nameOf(only) : null}
            onClose={() => setDialog(null)}
            onPurge={() => void changes.purge(ids)}
          />
        )}
      </Suspense>
    </div>
  );
}

const BUTTON = { size: 'xs', variant: 'light' } as const;
const ICON = { size: 16, 'aria-hidden': true } as const;
