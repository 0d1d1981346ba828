import { createBrowserRouter } from 'react-router';
import { FilesPage } from '../files/files-page.tsx';
import { Failed } from './failed.tsx';
import { Layout } from './layout.tsx';
import { NotFound } from './not-found.tsx';

const workLists = async () => {
  const { WorkListsPage } = await import('../work-lists/work-lists-page.tsx');
  return { Component: WorkListsPage };
};

export const createRoutes = () =>
  createBrowserRouter(
    [
      {
        element: <Layout />,
        errorElement: <Failed />,
        children: [
          { path: '/', element: <FilesPage /> },
          { path: '/work-lists/:list?', hydrateFallbackElement: <></>, lazy: workLists },
          { path: '*', element: <NotFound /> },
        ],
      },
    ],
    { basename: import.meta.env.BASE_URL },
  );
