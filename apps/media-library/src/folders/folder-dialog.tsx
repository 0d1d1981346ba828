import { useApolloClient } from '@apollo/client/react';
import { Alert, Button, Group, Modal, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MediaErrorCode } from '../generated/graphql.ts';
import { CREATE_FOLDER, DELETE_FOLDER, RENAME_FOLDER } from './queries.ts';
import { type Folder, isInside, joinPath, lastName, parentOf, visibleFolders } from './tree.ts';
import { useFolderError } from './use-folder-error.ts';

export type FolderTask =
  | { readonly kind: 'create'; readonly parent: string | null }
  | { readonly kind: 'rename' | 'move' | 'delete'; readonly path: string };

interface Props {
  readonly task: FolderTask;
  readonly folders: readonly Folder[];
  readonly onClose: () => void;
  readonly onCreated: (path: string) => void;
  readonly onMoved: (path: string, newPath: string) => void;
  readonly onDeleted: (path: string) => void;
}

type Problems = readonly { readonly code: MediaErrorCode; readonly message: string }[];

/** Asks for what a change of a folder needs, and makes it. It stays open, with what was typed, when it fails. */
export default function FolderDialog(props: Props) {
  const { task, folders, onClose, onCreated, onMoved, onDeleted } = props;
  const { t } = useTranslation('folders');
  const { t: app } = useTranslation('app');
  const client = useApolloClient();
  const errorText = useFolderError();
  const [name, setName] = useState(task.kind === 'rename' ? lastName(task.path) : '');
  const [parent, setParent] = useState(
    (task.kind === 'create' ? task.parent : parentOf(task.path)) ?? '',
  );
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);

  const all = visibleFolders(folders, { has: () => true });
  const targets = all
    .map(({ path }) => path)
    .filter((path) => task.kind !== 'move' || !isInside(path, task.path));

  async function send(): Promise<Problems> {
    const above = parent === '' ? null : parent;
    if (task.kind === 'create') {
      const input = { path: joinPath(above, name.trim()) };
      const { data } = await client.mutate({ mutation: CREATE_FOLDER, variables: { input } });
      const { folder, userErrors } = data.createMediaFolder;
      if (folder) onCreated(folder.path);
      return userErrors;
    }
    const { path, kind } = task;
    if (kind === 'delete') {
      const variables = { input: { path } };
      const { data } = await client.mutate({ mutation: DELETE_FOLDER, variables });
      const errors = data.deleteMediaFolder.userErrors;
      if (errors.length === 0) onDeleted(path);
      return errors;
    }
    const newPath =
      kind === 'rename' ? joinPath(parentOf(path), name.trim()) : joinPath(above, lastName(path));
    if (newPath === path) return [];
    const variables = { input: { path, newPath } };
    const { data } = await client.mutate({ mutation: RENAME_FOLDER, variables });
    const errors = data.renameMediaFolder.userErrors;
    if (errors.length === 0) onMoved(path, newPath);
    return errors;
  }

  async function submit(event: FormEvent) {
    event.preventDefault();
    setIsBusy(true);
    setProblem(null);
    try {
      const [first] = await send();
      if (first) setProblem(errorText(task.kind, first));
      else onClose();
    } catch {
      setProblem(t('unreachable'));
    } finally {
      setIsBusy(false);
    }
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={t(`title.${task.kind}`)}
      closeButtonProps={{ 'aria-label': app('close') }}
    >
      <form onSubmit={(event) => void submit(event)}>
        <Stack>
          {task.kind !== 'create' && (
            <Text size="sm">
              <bdi dir="auto">{task.path}</bdi>
            </Text>
          )}
          {task.kind === 'delete' && <Text size="sm">{t('deleteHint')}</Text>}
          {(task.kind === 'create' || task.kind === 'rename') && (
            <TextInput
              label={t('name')}
              dir="auto"
              required
              data-autofocus
              maxLength={100}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          )}
          {(task.kind === 'create' || task.kind === 'move') && (
            <NativeSelect
              label={t('parent')}
              value={parent}
              onChange={(event) => setParent(event.currentTarget.value)}
              data={[
                { value: '', label: t('top') },
                ...targets.map((path) => ({ value: path, label: path })),
              ]}
            />
          )}
          {problem !== null && (
            <Alert color="red" role="alert">
              {problem}
            </Alert>
          )}
          <Group justify="end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button
              type="submit"
              loading={isBusy}
              {...(task.kind === 'delete' && { color: 'red', 'data-autofocus': true })}
            >
              {t(`do.${task.kind}`)}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
