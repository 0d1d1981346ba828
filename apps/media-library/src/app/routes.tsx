import { createBrowserRouter } from 'react-router';
import { DetailsRoute } from '../details/details-route.tsx';
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
            children: [{ path: 'files/:id', element: <DetailsRoute /> }],
          },
          { path: '*', element: <NotFound /> },
        ],
      },
    ],
    { basename: import.meta.env.BASE_URL },
  );
