import { Suspense, lazy } from 'react';
import { useTranslation } from 'react-i18next';
import { Outlet, useOutletContext } from 'react-router';
import type { Bulk } from '../selection/use-bulk.ts';
import { useFileChanges } from '../selection/use-file-changes.ts';
import { useMoveFiles } from '../selection/use-move-files.ts';
import { useSession } from '../session/use-session.ts';
import { FilesBrowser } from './files-browser.tsx';
import { useView } from './use-view.ts';

const SelectionBar = lazy(() => import('../selection/selection-bar.tsx'));

/** The files of the store, or its trash. The details of a file are shown over it. */
export function FilesPage() {
  const { t } = useTranslation('files');
  const session = useSession();
  const { view } = useView();
  const bulk = useOutletContext<Bulk>();
  const moveFiles = useMoveFiles(useFileChanges(bulk));
  return (
    <>
      <FilesBrowser
        heading={t(view.trashed ? 'trash' : 'heading')}
        editable={session.has('media:write') && !view.trashed}
        onMoveFiles={(ids, folder) => void moveFiles(ids, folder)}
        selectionBar={(selected) =>
          selected.selection.ids.size > 0 && (
            <Suspense>
              <SelectionBar {...selected} bulk={bulk} />
            </Suspense>
          )
        }
      />
      <Outlet />
    </>
  );
}
