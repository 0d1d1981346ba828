import { useEffect, useState } from 'react';

export type Camera =
  | { readonly state: 'starting' }
  | { readonly state: 'on'; readonly stream: MediaStream }
  | { readonly state: 'denied' | 'missing' | 'failed' };

/** The camera, as long as the component is shown. Another `attempt` starts it again. */
export function useCamera(attempt: number): Camera {
  const [camera, setCamera] = useState<Camera>({ state: 'starting' });
  useEffect(() => {
    let isGone = false;
    let opened: MediaStream | undefined;
    setCamera({ state: 'starting' });
    openCamera().then(
      (stream) => {
        opened = stream;
        if (isGone) stop(stream);
        else setCamera({ state: 'on', stream });
      },
      (error: unknown) => {
        if (!isGone) setCamera({ state: reasonOf(error) });
      },
    );
    return () => {
      isGone = true;
      if (opened) stop(opened);
    };
  }, [attempt]);
  return camera;
}

async function openCamera(): Promise<MediaStream> {
  // Absent on origins that are not secure.
  if (!('mediaDevices' in navigator)) throw new DOMException('', 'NotFoundError');
  const video = { facingMode: 'environment', width: { ideal: 3_840 }, height: { ideal: 2_160 } };
  return await navigator.mediaDevices.getUserMedia({ video });
}

const stop = (stream: MediaStream) => {
  for (const track of stream.getTracks()) track.stop();
};

function reasonOf(error: unknown): 'denied' | 'missing' | 'failed' {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError') return 'denied';
  return name === 'NotFoundError' || name === 'OverconstrainedError' ? 'missing' : 'failed';
}

/** The frame that is shown, as a JPEG. */
export async function takePhoto(video: HTMLVideoElement): Promise<File | null> {
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  const type = 'image/jpeg';
  const { promise, resolve } = Promise.withResolvers<Blob | null>();
  canvas.toBlob(resolve, type, 0.92);
  const blob = await promise;
  return blob && new File([blob], 'photo.jpg', { type });
}
