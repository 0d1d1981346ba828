import { createBrowserRouter } from 'react-router';
import { FilesPage } from '../files/files-page.tsx';
import { Failed } from './failed.tsx';
import { Layout } from './layout.tsx';
import { NotFound } from './not-found.tsx';
import type { Settings } from '../settings.ts';

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
          { path: '/', element: <FilesPage /> },
          { path: '*', element: <NotFound /> },
        ],
      },
    ],
    { basename: import.meta.env.BASE_URL },
  );
