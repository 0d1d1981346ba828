import { createBrowserRouter } from 'react-router';
import { FilesPage } from '../files/files-page.tsx';
import { Failed } from './failed.tsx';
import { Layout } from './layout.tsx';
import { NotFound } from './not-found.tsx';

export const createRoutes = () =>
  createBrowserRouter(
    [
      {
        element: <Layout />,
        errorElement: <Failed />,
        children: [
          {
            path: '/',
            element: <FilesPage />,
            children: [{ path: 'files/:id', lazy: () => import('../details/details-page.tsx') }],
          },
          { path: '*', element: <NotFound /> },
        ],
      },
    ],
    { basename: import.meta.env.BASE_URL },
  );
