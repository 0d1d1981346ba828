import { ActionIcon } from '@mantine/core';
import { IconFolders } from '@tabler/icons-react';
import { Suspense, lazy, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FolderPanelProps } from './folder-panel.tsx';

const FolderDrawer = lazy(() => import('./folder-drawer.tsx'));

/** Opens the folders where there is no space for them. */
export function FolderDrawerButton(props: FolderPanelProps) {
  const { t } = useTranslation('folders');
  const [state, setState] = useState<'never' | 'open' | 'closed'>('never');
  return (
    <>
      <ActionIcon
        variant="default"
        size={36}
        aria-label={t('heading')}
        aria-expanded={state === 'open'}
        onClick={() => setState('open')}
      >
        <IconFolders size={18} aria-hidden />
      </ActionIcon>
      {state !== 'never' && (
        <Suspense>
          <FolderDrawer {...props} opened={state === 'open'} onClose={() => setState('closed')} />
        </Suspense>
      )}
    </>
  );
}
