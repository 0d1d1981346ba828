import { Drawer } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { FolderPanel, type FolderPanelProps } from './folder-panel.tsx';

interface Props extends FolderPanelProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

export default function FolderDrawer({ opened, onClose, ...props }: Props) {
  const { t } = useTranslation(['app', 'folders']);
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      size={300}
      padding={0}
      closeButtonProps={{ 'aria-label': t('close') }}
      aria-label={t('folders:heading')}
    >
      <FolderPanel {...props} onChosen={onClose} />
    </Drawer>
  );
}
