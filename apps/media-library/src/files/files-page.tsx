import { useTranslation } from 'react-i18next';
import { Outlet } from 'react-router';
import { useSession } from '../session/use-session.ts';
import { FilesBrowser } from './files-browser.tsx';
import { useView } from './use-view.ts';

/** The files of the store, or its trash. The details of a file are shown over it. */
export function FilesPage() {
  const { t } = useTranslation('files');
  const session = useSession();
  const { view } = useView();
  return (
    <>
      <FilesBrowser
        heading={t(view.trashed ? 'trash' : 'heading')}
        editable={session.has('media:write') && !view.trashed}
      />
      <Outlet />
    </>
  );
}
