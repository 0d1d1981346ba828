import { Drawer, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { FolderPanel, type FolderPanelProps } from './folder-panel.tsx';

interface Props extends FolderPanelProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

export default function FolderDrawer({ opened, onClose, ...props }: Props) {
  const { t } = useTranslation(['app', 'folders']);
  return (
    <Drawer.Root opened={opened} onClose={onClose} size={300}>
      <Drawer.Overlay />
      <Drawer.Content aria-label={t('folders:heading')}>
        <Group justify="end" p="xs" pb={0}>
          <Drawer.CloseButton aria-label={t('close')} />
        </Group>
        <FolderPanel {...props} onChosen={onClose} />
      </Drawer.Content>
    </Drawer.Root>
  );
}
