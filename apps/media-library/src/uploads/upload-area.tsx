import { Suspense, lazy, useEffect, useState } from 'react';
import { useSession } from '../session/use-session.ts';

const Uploads = lazy(() => import('./uploads.tsx'));

/** Uploads on all screens. They are loaded when the first screen is shown. */
export function UploadArea() {
  const session = useSession();
  const [isIdle, setIsIdle] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsIdle(true));
    return () => clearTimeout(timer);
  }, []);
  if (!isIdle || !session.has('media:write')) return null;
  return (
    <Suspense>
      <Uploads />
    </Suspense>
  );
}
