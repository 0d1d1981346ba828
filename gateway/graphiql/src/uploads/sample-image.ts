const WIDTH = 480;
const HEIGHT = 320;

/** A small drawing, always with the same bytes in the same browser. */
export async function sampleImage(): Promise<File> {
  const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser has no canvas.');
  const sky = context.createLinearGradient(0, 0, 0, HEIGHT);
  sky.addColorStop(0, '#1f3a5f');
  sky.addColorStop(1, '#e9eef5');
  context.fillStyle = sky;
  context.fillRect(0, 0, WIDTH, HEIGHT);
  context.fillStyle = '#f4c95d';
  context.arc(WIDTH * 0.7, HEIGHT * 0.35, HEIGHT * 0.15, 0, 2 * Math.PI);
  context.fill();
  return new File([await canvas.convertToBlob()], 'sample.png', { type: 'image/png' });
}
