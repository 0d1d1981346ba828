import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { FolderTask } from './folder-dialog.tsx';

interface Props {
  /** The folder that is shown. Null: all files, with which nothing can be done. */
  readonly path: string | null;
  readonly onTask: (task: FolderTask) => void;
}

/** What can be done with a folder. */
export default function FolderMenu({ path, onTask }: Props) {
  const { t } = useTranslation('folders');
  return (
    <Menu position="bottom-end" disabled={path === null}>
      <Menu.Target>
        <ActionIcon variant="subtle" size="lg" disabled={path === null} aria-label={t('actions')}>
          <IconDots size={20} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {path !== null &&
          (['rename', 'move', 'delete'] as const).map((kind) => (
            <Menu.Item
              key={kind}
              {...(kind === 'delete' && { color: 'red' })}
              onClick={() => onTask({ kind, path })}
            >
              {t(`menu.${kind}`)}
            </Menu.Item>
          ))}
      </Menu.Dropdown>
    </Menu>
  );
}
