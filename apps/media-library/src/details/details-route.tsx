import { Suspense, lazy } from 'react';

const DetailsPage = lazy(() => import('./details-page.tsx'));

/** The route `files/:id`. The list of files is shown while the code of the details loads. */
export function DetailsRoute() {
  return (
    <Suspense fallback={null}>
      <DetailsPage />
    </Suspense>
  );
}
