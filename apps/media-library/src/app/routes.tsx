import { createBrowserRouter } from 'react-router';
import { DetailsRoute } from '../details/details-route.tsx';
import { FilesPage } from '../files/files-page.tsx';
import type { Settings } from '../settings.ts';
import { Failed } from './failed.tsx';
import { Layout } from './layout.tsx';
import { NotFound } from './not-found.tsx';

const workLists = async () => {
  const { WorkListsPage } = await import('../work-lists/work-lists-page.tsx');
  return { Component: WorkListsPage };
};

export const createRoutes = (settings: Settings) =>
  createBrowserRouter(
    [
      {
        path: '/picker',
        errorElement: <Failed />,
        hydrateFallbackElement: <></>,
        lazy: async () => {
          const { PickerPage } = await import('../picker/picker-page.tsx');
          return { element: <PickerPage settings={settings} /> };
        },
      },
      {
        element: <Layout />,
        errorElement: <Failed />,
        children: [
          {
            path: '/',
            element: <FilesPage />,
            children: [{ path: 'files/:id', element: <DetailsRoute /> }],
          },
          { path: '/work-lists/:list?', hydrateFallbackElement: <></>, lazy: workLists },
          { path: '*', element: <NotFound /> },
        ],
      },
    ],
    { basename: import.meta.env.BASE_URL },
  );
