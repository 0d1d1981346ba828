import { ApolloProvider } from '@apollo/client/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import { client } from './client.ts';
import { Layout } from './components/layout.tsx';
import { NotFound } from './components/messages.tsx';
import { GalleryPage } from './pages/gallery.tsx';
import { JournalPage } from './pages/journal.tsx';
import { PostPage } from './pages/post.tsx';
import { ProductPage } from './pages/product.tsx';
import { ProductsPage } from './pages/products.tsx';
import './style.css';

const router = createBrowserRouter([
  {
    element: <Layout />,
    children: [
      { path: '/', element: <ProductsPage /> },
      { path: '/products/:sku', element: <ProductPage /> },
      {
        path: '/products/:sku/edit',
        hydrateFallbackElement: <div className="product-form" aria-busy="true" />,
        lazy: async () => ({
          Component: (await import('./pages/edit-product.tsx')).EditProductPage,
        }),
      },
      { path: '/gallery', element: <GalleryPage /> },
      { path: '/journal', element: <JournalPage /> },
      { path: '/journal/:slug', element: <PostPage /> },
      { path: '*', element: <NotFound /> },
    ],
  },
]);

const place = document.getElementById('shop');
if (!place) throw new Error('index.html has no element with the id "shop".');

createRoot(place).render(
  <StrictMode>
    <ApolloProvider client={client}>
      <RouterProvider router={router} />
    </ApolloProvider>
  </StrictMode>,
);
