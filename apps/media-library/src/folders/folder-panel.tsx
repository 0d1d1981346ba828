import { ActionIcon, Box, Button, Group, Stack, Text } from '@mantine/core';
import { IconFolderPlus } from '@tabler/icons-react';
import { Suspense, lazy, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChangeView } from '../files/use-view.ts';
import type { View } from '../files/view.ts';
import type { Dragged } from './drag.ts';
import type { FolderTask } from './folder-dialog.tsx';
import { FolderTree } from './folder-tree.tsx';
import { isInside, joinPath, lastName } from './tree.ts';
import { useFolders } from './use-folders.ts';
import { useRenameFolder } from './use-rename-folder.ts';

const FolderMenu = lazy(() => import('./folder-menu.tsx'));
const FolderDialog = lazy(() => import('./folder-dialog.tsx'));

export interface FolderPanelProps {
  readonly view: View;
  readonly changeView: ChangeView;
  readonly editable: boolean;
  readonly onMoveFiles: ((ids: readonly string[], folder: string) => void) | undefined;
  /** Called after a folder was chosen. */
  readonly onChosen?: () => void;
}

/** The folders, and what can be done with them. */
export function FolderPanel(props: FolderPanelProps) {
  const { view, changeView, editable, onMoveFiles, onChosen } = props;
  const { t } = useTranslation('folders');
  const { folders, isRead, error, refetch } = useFolders();
  const [task, setTask] = useState<FolderTask | null>(null);
  const selected = view.folder ?? null;

  const open = (path: string | null) => {
    changeView({ folder: path ?? undefined });
    onChosen?.();
  };
  const moved = (path: string, newPath: string) => {
    if (selected !== null && isInside(selected, path)) {
      changeView({ folder: newPath + selected.slice(path.length) }, { replace: true });
    }
  };
  const rename = useRenameFolder(moved);

  function drop(dragged: Dragged, onto: string | null) {
    if (dragged.kind === 'files') onMoveFiles?.(dragged.ids, onto ?? 'general');
    else void rename(dragged.path, joinPath(onto, lastName(dragged.path)));
  }

  return (
    <Stack gap="xs" p="sm">
      <Group justify="space-between" wrap="nowrap" mih={34}>
        <Text fw={600} size="sm">
          {t('heading')}
        </Text>
        {editable && (
          <Group gap={4} wrap="nowrap">
            <ActionIcon
              variant="subtle"
              size="lg"
              title={t('create')}
              aria-label={t('create')}
              onClick={() => setTask({ kind: 'create', parent: selected })}
            >
              <IconFolderPlus size={20} aria-hidden />
            </ActionIcon>
            <Suspense fallback={<Box w={34} />}>
              <FolderMenu path={selected} onTask={setTask} />
            </Suspense>
          </Group>
        )}
      </Group>
      {error && !isRead ? (
        <Stack gap="xs" align="start">
          <Text size="sm">{t('failed')}</Text>
          <Button size="xs" variant="default" onClick={() => void refetch()}>
            {t('retry')}
          </Button>
        </Stack>
      ) : (
        <FolderTree
          folders={folders}
          isRead={isRead}
          selected={selected}
          editable={editable}
          onSelect={open}
          onTask={setTask}
          onDrop={drop}
        />
      )}
      {task && (
        <Suspense>
          <FolderDialog
            task={task}
            folders={folders}
            onClose={() => setTask(null)}
            // So that what is uploaded next goes there.
            onCreated={open}
            onMoved={moved}
            onDeleted={(path) => {
              if (selected !== null && isInside(selected, path)) {
                changeView({ folder: undefined }, { replace: true });
              }
            }}
          />
        </Suspense>
      )}
    </Stack>
  );
}
